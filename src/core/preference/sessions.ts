import { type ArtifactContent, metadataNumber, tensorValues } from "../artifact/artifact.ts"
import type { ItemIndex } from "../artifact/item-index.ts"
import { readItems, writeItems } from "../artifact/item-index.ts"
import { maxRecent } from "../history/limits.ts"
import { ApiError } from "../problem/problem.ts"
import { requireRows } from "./neighbors.ts"
import type { SessionSteps } from "./session-steps.ts"
import { addScore, type SparseScores } from "./sparse-scores.ts"

/** Parameters by which sequences are compared and similar ones score items (V-SKNN, Ludewig and Jannach 2018; STAN, Garg et al. 2019). */
export interface SessionParameters {
  /** Factor on a query item's weight in finding sequences, for each step ago. */
  queryDecay: number
  /** Factor on a sequence's weight for each step between the latest one and the latest that it shares. */
  matchDecay: number
  /** A rare item in common counts by ln(sequences / those that have it) to this power. */
  rarityExponent: number
  /** A sequence's similarity is divided by its length to this power. */
  lengthExponent: number
  /** Factor on an item's score for each step between it and the shared item. */
  distanceDecay: number
  /** Weight of an item before the shared one; an item after it has weight 1. */
  backward: number
  /** Weight of the shared item itself. */
  self: number
  /** Number of most similar sequences that score items. */
  neighbors: number
}

/** Sequences of item rows without names, the earliest ended first. */
export interface Sequences {
  /** Sequence `s` has entries `offsets[s] … offsets[s + 1]`. */
  offsets: Int32Array
  rows: Int32Array
  /** Ascending within a sequence from 0; things done at once share one. */
  steps: Int32Array
  /** Recency weight of each sequence, positive. */
  freshness: Float32Array
}

/** Sequences with their parameters, and the occurrences of each item in them. */
export interface SessionWeights extends Sequences, SessionParameters {
  readonly postings: Postings
}

/** Item row `i` stands in `sequence[offsets[i] … offsets[i + 1])`, each once, there last at `step`. */
interface Postings {
  offsets: Int32Array
  sequence: Int32Array
  step: Int32Array
}

/** Space for one question, reused. */
export interface SessionScratch {
  similarity: Float64Array
  /** Moment of the latest shared item within the sequence, and how far stepsAgo it lies in the query. */
  sharedStep: Int32Array
  sharedStepsAgo: Int32Array
  found: Int32Array
}

/** No two steps of a sequence are further apart: it holds no more interactions. */
const maxSteps = maxRecent

/** The most entries of an item that a question looks at, the latest; bounds its time. */
const maxPostings = 3000

export const sessionScratch = ({ offsets }: Sequences): SessionScratch => {
  const sequences = offsets.length - 1
  return {
    similarity: new Float64Array(sequences),
    sharedStep: new Int32Array(sequences),
    sharedStepsAgo: new Int32Array(sequences),
    found: new Int32Array(sequences),
  }
}

/** Adds what the most similar sequences had near the items in common. */
export function scoreSessions(
  weights: SessionWeights,
  query: SessionSteps,
  scratch: SessionScratch,
  out: SparseScores,
): void {
  const found = findSequences(weights, query, scratch)
  const { similarity, sharedStep, sharedStepsAgo, found: sequences } = scratch
  const { offsets, rows, steps, matchDecay } = weights
  const threshold = kthLargest(sequences, similarity, found, weights.neighbors)
  const places = placesOf(weights)
  for (let n = 0; n < found; n++) {
    const s = sequences[n]!
    const weight = similarity[s]! * matchDecay ** sharedStepsAgo[s]!
    const zero = maxSteps - sharedStep[s]!
    if (similarity[s]! >= threshold) {
      const end = offsets[s + 1]!
      for (let entry = offsets[s]!; entry < end; entry++) {
        const place = places[zero + steps[entry]!]!
        if (place > 0) addScore(out, rows[entry]!, weight * place)
      }
    }
    similarity[s] = 0
  }
}

/** Returns an item's weight by its distance in steps from the shared one, from −`maxSteps` to `maxSteps`. */
function placesOf({ distanceDecay, backward, self }: SessionParameters): Float64Array {
  const places = new Float64Array(2 * maxSteps + 1)
  places[maxSteps] = self
  for (let step = 1; step <= maxSteps; step++) {
    places[maxSteps + step] = distanceDecay ** (step - 1)
    places[maxSteps - step] = backward * distanceDecay ** (step - 1)
  }
  return places
}

/** For each query item (column) what it adds to the score of each answer that has a slot ≥ 0, at `values[slot * width + column]`. */
export function addSessionTerms(
  weights: SessionWeights,
  query: SessionSteps,
  scratch: SessionScratch,
  slotOf: Int32Array,
  columnOf: ReadonlyMap<number, number>,
  width: number,
  values: Float64Array,
): void {
  const found = findSequences(weights, query, scratch)
  const { similarity, sharedStep, sharedStepsAgo, found: sequences } = scratch
  const { offsets, rows, steps, matchDecay } = weights
  const threshold = kthLargest(sequences, similarity, found, weights.neighbors)
  const places = placesOf(weights)
  const shares = queryShares(weights, query)
  for (let n = 0; n < found; n++) {
    const s = sequences[n]!
    const weight = similarity[s]! * matchDecay ** sharedStepsAgo[s]!
    if (similarity[s]! >= threshold) {
      const own = new Set(rows.subarray(offsets[s]!, offsets[s + 1]!))
      const matched = [...shares].filter(([row]) => own.has(row))
      const total = matched.reduce((sum, [, share]) => sum + share, 0)
      for (let entry = offsets[s]!; entry < offsets[s + 1]!; entry++) {
        const slot = slotOf[rows[entry]!]!
        if (slot < 0) continue
        const place = places[maxSteps + steps[entry]! - sharedStep[s]!]!
        for (const [row, share] of matched) {
          values[slot * width + columnOf.get(row)!]! += (weight * place * share) / total
        }
      }
    }
    similarity[s] = 0
  }
}

/** Each distinct query item's weight in finding sequences. */
function queryShares(weights: SessionWeights, { rows, stepsAgo }: SessionSteps): Map<number, number> {
  const shares = new Map<number, number>()
  for (let n = 0; n < rows.length; n++) {
    if (!shares.has(rows[n]!)) shares.set(rows[n]!, weightOf(weights, rows[n]!, stepsAgo[n]!))
  }
  return shares
}

function weightOf({ postings, offsets, queryDecay, rarityExponent }: SessionWeights, row: number, stepsAgo: number) {
  const having = postings.offsets[row + 1]! - postings.offsets[row]!
  const rarity = Math.log(Math.max(1.5, (offsets.length - 1) / Math.max(1, having)))
  return queryDecay ** stepsAgo * rarity ** rarityExponent
}

/** Writes the similarity of every sequence that shares an item into scratch; returns how many there are. */
function findSequences(weights: SessionWeights, { rows, stepsAgo }: SessionSteps, scratch: SessionScratch): number {
  const { postings, offsets, lengthExponent, freshness } = weights
  const { similarity, sharedStep, sharedStepsAgo, found } = scratch
  const seen = new Set<number>()
  let count = 0
  for (let n = 0; n < rows.length; n++) {
    const row = rows[n]!
    if (seen.has(row)) continue
    seen.add(row)
    const weight = weightOf(weights, row, stepsAgo[n]!)
    if (weight < 1e-6) break
    const end = postings.offsets[row + 1]!
    for (let p = Math.max(postings.offsets[row]!, end - maxPostings); p < end; p++) {
      const s = postings.sequence[p]!
      if (similarity[s] === 0) {
        found[count++] = s
        sharedStep[s] = postings.step[p]!
        sharedStepsAgo[s] = stepsAgo[n]!
      }
      similarity[s]! += weight
    }
  }
  for (let n = 0; n < count; n++) {
    const s = found[n]!
    similarity[s]! *= freshness[s]! / (offsets[s + 1]! - offsets[s]!) ** lengthExponent
  }
  return count
}

/** The `k`th largest similarity of the sequences found; 0 if there are no more than `k`. */
function kthLargest(sequences: Int32Array, similarity: Float64Array, found: number, k: number): number {
  if (found <= k) return 0
  const values = new Float64Array(found)
  for (let n = 0; n < found; n++) values[n] = similarity[sequences[n]!]!
  let [low, high] = [0, found - 1]
  const wanted = found - k
  while (low < high) {
    const pivot = values[(low + high) >> 1]!
    let [i, j] = [low, high]
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i <= j) {
        const swapped = values[i]!
        values[i++] = values[j]!
        values[j--] = swapped
      }
    }
    if (wanted <= j) high = j
    else if (wanted >= i) low = i
    else break
  }
  return values[wanted]!
}

/** Indexes sequences of `items` item rows for scoring. */
export function sessionWeights(sequences: Sequences, parameters: SessionParameters, items: number): SessionWeights {
  return { ...sequences, ...parameters, postings: postingsOf(sequences, items) }
}

function postingsOf({ offsets, rows, steps }: Sequences, items: number): Postings {
  const latestIn = new Int32Array(items).fill(-1)
  const eachOnce = (visit: (sequence: number, row: number, step: number) => void) => {
    latestIn.fill(-1)
    for (let s = 0; s + 1 < offsets.length; s++) {
      for (let entry = offsets[s + 1]! - 1; entry >= offsets[s]!; entry--) {
        const row = rows[entry]!
        if (latestIn[row] === s) continue
        latestIn[row] = s
        visit(s, row, steps[entry]!)
      }
    }
  }
  const starts = new Int32Array(items + 1)
  eachOnce((_, row) => {
    starts[row + 1]!++
  })
  for (let row = 0; row < items; row++) starts[row + 1]! += starts[row]!
  const next = starts.slice(0, items)
  const sequence = new Int32Array(starts[items]!)
  const step = new Int32Array(starts[items]!)
  eachOnce((s, row, at) => {
    const place = next[row]!++
    sequence[place] = s
    step[place] = at
  })
  return { offsets: starts, sequence, step }
}

const parameterNames = [
  "queryDecay",
  "matchDecay",
  "rarityExponent",
  "lengthExponent",
  "distanceDecay",
  "backward",
  "self",
  "neighbors",
] as const satisfies readonly (keyof SessionParameters)[]

export const writeSessions = (weights: Sequences & SessionParameters, items: ItemIndex): ArtifactContent => ({
  metadata: {
    model: "sessions",
    items: writeItems(items),
    ...Object.fromEntries(parameterNames.map((name) => [name, String(weights[name])])),
  },
  tensors: {
    offsets: { dtype: "I32", shape: [weights.offsets.length], data: weights.offsets },
    rows: { dtype: "I32", shape: [weights.rows.length], data: weights.rows },
    steps: { dtype: "I32", shape: [weights.steps.length], data: weights.steps },
    freshness: { dtype: "F32", shape: [weights.freshness.length], data: weights.freshness },
  },
})

/** Checks that every entry is an item's row; throws `incompatibleArtifact` for one that is not. */
export function readSessions(content: ArtifactContent): SessionWeights {
  const { length } = readItems(content)
  const offsets = tensorValues(content, "offsets", "I32", [-1])
  const rows = tensorValues(content, "rows", "I32", [-1])
  const steps = tensorValues(content, "steps", "I32", [rows.length])
  const freshness = tensorValues(content, "freshness", "F32", [Math.max(0, offsets.length - 1)])
  requireRows(offsets, rows, length, "sessions")
  if (!steps.every((step) => step >= 0 && step <= maxSteps)) {
    throw new ApiError("incompatibleArtifact", `write steps of sessions as numbers between 0 and ${maxSteps}`)
  }
  const parameters = Object.fromEntries(parameterNames.map((name) => [name, metadataNumber(content, name)]))
  return sessionWeights({ offsets, rows, steps, freshness }, parameters as unknown as SessionParameters, length)
}
