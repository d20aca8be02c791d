import type { BoostedTrees } from "../../src/core/proactive/boosted-trees.ts"
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
  { trees, depth, learningRate, smoothing, rowShare, columnShare, seed }: TreeParameters,
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
  const slope = new Float64Array(count)
  const curve = new Float64Array(count)
  for (let tree = 0; tree < trees; tree++) {
    const seen = sampled(count, rowShare, random)
    for (const row of seen) {
      const p = 1 / (1 + Math.exp(-logit[row]!))
      const w = weight === undefined ? 1 : weight[row]!
      slope[row] = w * (target[row]! - p)
      curve[row] = w * p * (1 - p)
    }
    const place = new Uint8Array(count)
    for (let level = 0; level < depth; level++) {
      const columns = borders.flatMap((of, column) => (of.length > 0 && random() < columnShare ? [column] : []))
      const split = bestSplit({ bins, borders, columns, place, seen, slope, curve, leaves: 1 << level, smoothing })
      const { column, bin } = split ?? { column: 0, bin: 255 }
      fitted.column[tree * depth + level] = column
      fitted.border[tree * depth + level] = bin === 255 ? 3e38 : borders[column]![bin]!
      const bit = 1 << level
      const of = bins[column]!
      for (let row = 0; row < count; row++) if (of[row]! > bin) place[row]! |= bit
    }
    const leaves = fitted.leaf.subarray(tree << depth, (tree + 1) << depth)
    fillLeaves(leaves, { place, seen, slope, curve, smoothing, learningRate })
    for (let row = 0; row < count; row++) logit[row]! += leaves[place[row]!]!
  }
  return fitted
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

interface Search {
  bins: readonly Uint8Array[]
  borders: readonly Float32Array[]
  columns: readonly number[]
  place: Uint8Array
  seen: Int32Array
  slope: Float64Array
  curve: Float64Array
  leaves: number
  smoothing: number
}

const maxBins = 64

/** The question that, asked at every leaf, lowers the loss most; `undefined` where none does. */
function bestSplit(search: Search): { column: number; bin: number } | undefined {
  const { bins, borders, columns, place, seen, slope, curve, leaves, smoothing } = search
  const sums = new Float64Array(leaves * maxBins * 2)
  let best: { column: number; bin: number; gain: number } | undefined
  for (const column of columns) {
    const of = bins[column]!
    sums.fill(0)
    for (let n = 0; n < seen.length; n++) {
      const row = seen[n]!
      const at = (place[row]! * maxBins + of[row]!) * 2
      sums[at]! += slope[row]!
      sums[at + 1]! += curve[row]!
    }
    const gains = gainsOf(sums, leaves, borders[column]!.length, smoothing)
    for (let bin = 0; bin < gains.length; bin++) {
      if (gains[bin]! > (best?.gain ?? 1e-9)) best = { column, bin, gain: gains[bin]! }
    }
  }
  return best
}

/** What each border gains over asking nothing, all leaves together. */
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

interface LeafSums extends Pick<Search, "place" | "seen" | "slope" | "curve" | "smoothing"> {
  learningRate: number
}

function fillLeaves(leaves: Float32Array, { place, seen, slope, curve, smoothing, learningRate }: LeafSums): void {
  const slopes = new Float64Array(leaves.length)
  const curves = new Float64Array(leaves.length)
  for (const row of seen) {
    slopes[place[row]!]! += slope[row]!
    curves[place[row]!]! += curve[row]!
  }
  for (let n = 0; n < leaves.length; n++) leaves[n] = (learningRate * slopes[n]!) / (curves[n]! + smoothing)
}
