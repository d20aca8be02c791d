import type { BoostedTrees } from "../../src/core/repurchase/boosted-trees.ts"
import { createRandom } from "../random.ts"
import { binColumn, bordersOf } from "./bins.ts"

export interface TreeParameters {
  trees: number
  depth: number
  learningRate: number
  /** Second derivatives that every leaf is smoothed with. */
  smoothing: number
  /** The share of examples that each tree sees, and of columns that each level may ask about. */
  rowShare: number
  columnShare: number
  seed: number
  /** Asked before each tree; may throw. */
  checkTime?: () => void
}

/** Examples as rows of `width` columns; `weight` is 1 where it is not given. */
export interface Examples {
  width: number
  features: Float32Array
  /** 0 or 1. */
  target: Uint8Array
  weight?: Float32Array
}

/** Fits symmetric trees one after the other to the log-loss by Newton's steps (Friedman 2001; Chen and Guestrin 2016); deterministic. */
export function fitTrees(
  { width, features, target, weight }: Examples,
  { trees, depth, learningRate, smoothing, rowShare, columnShare, seed, checkTime }: TreeParameters,
): BoostedTrees {
  const count = target.length
  const borders = Array.from({ length: width }, (_, column) => bordersOf(features, width, column))
  const bins = borders.map((of, column) => binColumn(features, width, column, of))
  const random = createRandom(seed)
  const bias = startingLogit(target, weight)
  const fitted: BoostedTrees = {
    depth,
    bias,
    column: new Int32Array(trees * depth),
    border: new Float32Array(trees * depth),
    leaf: new Float32Array(trees << depth),
  }
  const logit = new Float64Array(count).fill(bias)
  for (let tree = 0; tree < trees; tree++) {
    checkTime?.()
    const seen = sampled(count, rowShare, random)
    const sample = slopesOf(seen, logit, target, weight)
    const place = new Uint8Array(seen.length)
    const splits: Split[] = []
    for (let level = 0; level < depth; level++) {
      const columns = borders.flatMap((of, column) => (of.length > 0 && random() < columnShare ? [column] : []))
      const split = bestSplit({ ...sample, bins, borders, columns, seen, place, leaves: 1 << level, smoothing })
      splits.push(split)
      const of = bins[split.column]!
      for (let n = 0; n < seen.length; n++) if (of[seen[n]!]! > split.bin) place[n]! |= 1 << level
      fitted.column[tree * depth + level] = split.column
      fitted.border[tree * depth + level] = borders[split.column]![split.bin] ?? largest
    }
    const leaves = fitted.leaf.subarray(tree << depth, (tree + 1) << depth)
    fillLeaves(leaves, { ...sample, place, smoothing, learningRate })
    addLeaves(logit, leaves, splits, bins)
  }
  return fitted
}

/** A border above every value: a split that sends everything one way. */
const largest = 3e38

/** The first and second derivative of the loss by the logit, one a seen row; the first with its sign turned. */
interface Slopes {
  slope: Float64Array
  curve: Float64Array
}

function slopesOf(seen: Int32Array, logit: Float64Array, target: Uint8Array, weight: Float32Array | undefined): Slopes {
  const slope = new Float64Array(seen.length)
  const curve = new Float64Array(seen.length)
  for (let n = 0; n < seen.length; n++) {
    const row = seen[n]!
    const p = 1 / (1 + Math.exp(-logit[row]!))
    const w = weight === undefined ? 1 : weight[row]!
    slope[n] = w * (target[row]! - p)
    curve[n] = w * p * (1 - p)
  }
  return { slope, curve }
}

function addLeaves(
  logit: Float64Array,
  leaves: Float32Array,
  splits: readonly Split[],
  bins: readonly Uint8Array[],
): void {
  const place = new Uint8Array(logit.length)
  splits.forEach(({ column, bin }, level) => {
    const of = bins[column]!
    for (let row = 0; row < place.length; row++) if (of[row]! > bin) place[row]! |= 1 << level
  })
  for (let row = 0; row < place.length; row++) logit[row]! += leaves[place[row]!]!
}

function startingLogit(target: Uint8Array, weight: Float32Array | undefined): number {
  let [yes, all] = [0.5, 1]
  for (let row = 0; row < target.length; row++) {
    const w = weight === undefined ? 1 : weight[row]!
    yes += w * target[row]!
    all += w
  }
  return Math.log(yes / (all - yes))
}

function sampled(count: number, share: number, random: () => number): Int32Array {
  const rows = new Int32Array(count)
  let taken = 0
  for (let row = 0; row < count; row++) if (random() < share) rows[taken++] = row
  return rows.subarray(0, taken)
}

/** A yes lies above the border after this bin. */
interface Split {
  column: number
  bin: number
}

interface Search extends Slopes {
  bins: readonly Uint8Array[]
  borders: readonly Float32Array[]
  columns: readonly number[]
  seen: Int32Array
  /** The leaf of each seen row so far. */
  place: Uint8Array
  leaves: number
  smoothing: number
}

const maxBins = 64
const noSplit: Split = { column: 0, bin: 255 }

/** Returns the split that, made at every leaf, lowers the loss most; a split that sends everything one way where none does. */
function bestSplit({ bins, borders, columns, seen, place, slope, curve, leaves, smoothing }: Search): Split {
  const sums = new Float64Array(leaves * maxBins * 2)
  let [best, most] = [noSplit, 1e-9]
  for (const column of columns) {
    const of = bins[column]!
    sums.fill(0)
    for (let n = 0; n < seen.length; n++) {
      const at = (place[n]! * maxBins + of[seen[n]!]!) * 2
      sums[at]! += slope[n]!
      sums[at + 1]! += curve[n]!
    }
    const gains = gainsOf(sums, leaves, borders[column]!.length, smoothing)
    for (let bin = 0; bin < gains.length; bin++) {
      if (gains[bin]! > most) [best, most] = [{ column, bin }, gains[bin]!]
    }
  }
  return best
}

/** Returns the gain of each border over no split, summed over all leaves. */
function gainsOf(sums: Float64Array, leaves: number, borders: number, smoothing: number): Float64Array {
  const gains = new Float64Array(borders)
  for (let leaf = 0; leaf < leaves; leaf++) {
    const from = leaf * maxBins * 2
    let [allSlope, allCurve] = [0, 0]
    for (let bin = 0; bin <= borders; bin++) {
      allSlope += sums[from + bin * 2]!
      allCurve += sums[from + bin * 2 + 1]!
    }
    if (allCurve === 0) continue
    const whole = allSlope ** 2 / (allCurve + smoothing)
    let [lowSlope, lowCurve] = [0, 0]
    for (let bin = 0; bin < borders; bin++) {
      lowSlope += sums[from + bin * 2]!
      lowCurve += sums[from + bin * 2 + 1]!
      const high = (allSlope - lowSlope) ** 2 / (allCurve - lowCurve + smoothing)
      gains[bin]! += lowSlope ** 2 / (lowCurve + smoothing) + high - whole
    }
  }
  return gains
}

interface LeafSums extends Slopes {
  place: Uint8Array
  smoothing: number
  learningRate: number
}

function fillLeaves(leaves: Float32Array, { place, slope, curve, smoothing, learningRate }: LeafSums): void {
  const slopes = new Float64Array(leaves.length)
  const curves = new Float64Array(leaves.length)
  for (let n = 0; n < place.length; n++) {
    slopes[place[n]!]! += slope[n]!
    curves[place[n]!]! += curve[n]!
  }
  for (let n = 0; n < leaves.length; n++) leaves[n] = (learningRate * slopes[n]!) / (curves[n]! + smoothing)
}
