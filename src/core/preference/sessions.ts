import { type ArtifactContent, metadataNumber, tensorValues } from "../artifact/artifact.ts"
import type { ItemIndex } from "../artifact/item-index.ts"
import { readItems, writeItems } from "../artifact/item-index.ts"
import { maxRecent } from "../history/limits.ts"
import { ApiError } from "../problem/problem.ts"
import { requireRows } from "./neighbors.ts"
import type { Moments } from "./session-steps.ts"
import { addScore, type SparseScores } from "./sparse-scores.ts"

/** How sequences are compared and what a similar one says (V-SKNN, Ludewig and Jannach 2018; STAN, Garg et al. 2019). */
export interface SessionParameters {
  /** What is left of a query item's weight, for finding sequences, a moment further back. */
  queryDecay: number
  /** What is left of a sequence's say for each moment between the latest and the latest that it shares. */
  matchDecay: number
  /** A rare item in common counts by ln(sequences / those that have it) to this power. */
  rarityExponent: number
  /** A sequence's similarity is divided by its length to this power. */
  lengthExponent: number
  /** What is left of an item's score for each moment between it and the shared item. */
  distanceDecay: number
  /** What an item before the shared one counts; one after it counts 1. */
  backward: number
  /** What the shared item itself counts. */
  self: number
  /** The most similar sequences that are asked. */
  neighbors: number
}

/** Sequences of item rows without names, the earliest ended first. */
export interface Sequences {
  /** Sequence `s` has entries `offsets[s] … offsets[s + 1]`. */
  offsets: Int32Array
  rows: Int32Array
  /** Ascending within a sequence from 0; things done at once share one. */
  moments: Int32Array
  /** What is left of each sequence's say, positive. */
  freshness: Float32Array
}

/** Sequences with the parameters they are asked by, and where each item stands in them. */
export interface SessionWeights extends Sequences, SessionParameters {
  readonly postings: Postings
}

/** Item row `i` stands in `sequence[offsets[i] … offsets[i + 1])`, each once, there last at `moment`. */
interface Postings {
  offsets: Int32Array
  sequence: Int32Array
  moment: Int32Array
}

/** Space for one question, reused. */
export interface SessionScratch {
  similarity: Float64Array
  /** Moment of the latest shared item within the sequence, and how far back it lies in the query. */
  sharedMoment: Int32Array
  sharedBack: Int32Array
  found: Int32Array
}

/** No two moments of a sequence are further apart: it holds no more interactions. */
const furthest = maxRecent

/** The most entries of an item that a question looks at, the latest; bounds its time. */
const maxPostings = 3000

export const sessionScratch = ({ offsets }: Sequences): SessionScratch => {
  const sequences = offsets.length - 1
  return {
    similarity: new Float64Array(sequences),
    sharedMoment: new Int32Array(sequences),
    sharedBack: new Int32Array(sequences),
    found: new Int32Array(sequences),
  }
}

/** Adds what the most similar sequences had near the items in common. */
export function scoreSessions(
  weights: SessionWeights,
  query: Moments,
  scratch: SessionScratch,
  out: SparseScores,
): void {
  const found = findSequences(weights, query, scratch)
  const { similarity, sharedMoment, sharedBack, found: sequences } = scratch
  const { offsets, rows, moments, matchDecay } = weights
  const threshold = kthLargest(sequences, similarity, found, weights.neighbors)
  const places = placesOf(weights)
  for (let n = 0; n < found; n++) {
    const s = sequences[n]!
    const weight = similarity[s]! * matchDecay ** sharedBack[s]!
    const zero = furthest - sharedMoment[s]!
    if (similarity[s]! >= threshold) {
      const end = offsets[s + 1]!
      for (let entry = offsets[s]!; entry < end; entry++) {
        const place = places[zero + moments[entry]!]!
        if (place > 0) addScore(out, rows[entry]!, weight * place)
      }
    }
    similarity[s] = 0
  }
}

/** What an item counts by how many moments after the shared one it stands, from −`furthest` to `furthest`. */
function placesOf({ distanceDecay, backward, self }: SessionParameters): Float64Array {
  const places = new Float64Array(2 * furthest + 1)
  places[furthest] = self
  for (let step = 1; step <= furthest; step++) {
    places[furthest + step] = distanceDecay ** (step - 1)
    places[furthest - step] = backward * distanceDecay ** (step - 1)
  }
  return places
}

/** For each query item (column) what it adds to the score of each answer that has a slot ≥ 0, at `values[slot * width + column]`. */
export function addSessionTerms(
  weights: SessionWeights,
  query: Moments,
  scratch: SessionScratch,
  slotOf: Int32Array,
  columnOf: ReadonlyMap<number, number>,
  width: number,
  values: Float64Array,
): void {
  const found = findSequences(weights, query, scratch)
  const { similarity, sharedMoment, sharedBack, found: sequences } = scratch
  const { offsets, rows, moments, matchDecay } = weights
  const threshold = kthLargest(sequences, similarity, found, weights.neighbors)
  const places = placesOf(weights)
  const shares = queryShares(weights, query)
  for (let n = 0; n < found; n++) {
    const s = sequences[n]!
    const weight = similarity[s]! * matchDecay ** sharedBack[s]!
    if (similarity[s]! >= threshold) {
      const own = new Set(rows.subarray(offsets[s]!, offsets[s + 1]!))
      const matched = [...shares].filter(([row]) => own.has(row))
      const total = matched.reduce((sum, [, share]) => sum + share, 0)
      for (let entry = offsets[s]!; entry < offsets[s + 1]!; entry++) {
        const slot = slotOf[rows[entry]!]!
        if (slot < 0) continue
        const place = places[furthest + moments[entry]! - sharedMoment[s]!]!
        for (const [row, share] of matched) {
          values[slot * width + columnOf.get(row)!]! += (weight * place * share) / total
        }
      }
    }
    similarity[s] = 0
  }
}

/** Each distinct query item's weight in finding sequences. */
function queryShares(weights: SessionWeights, { rows, back }: Moments): Map<number, number> {
  const shares = new Map<number, number>()
  for (let n = 0; n < rows.length; n++) {
    if (!shares.has(rows[n]!)) shares.set(rows[n]!, weightOf(weights, rows[n]!, back[n]!))
  }
  return shares
}

function weightOf({ postings, offsets, queryDecay, rarityExponent }: SessionWeights, row: number, back: number) {
  const having = postings.offsets[row + 1]! - postings.offsets[row]!
  const rarity = Math.log(Math.max(1.5, (offsets.length - 1) / Math.max(1, having)))
  return queryDecay ** back * rarity ** rarityExponent
}

/** Writes the similarity of every sequence that shares an item into scratch; returns how many there are. */
function findSequences(weights: SessionWeights, { rows, back }: Moments, scratch: SessionScratch): number {
  const { postings, offsets, lengthExponent, freshness } = weights
  const { similarity, sharedMoment, sharedBack, found } = scratch
  const asked = new Set<number>()
  let count = 0
  for (let n = 0; n < rows.length; n++) {
    const row = rows[n]!
    if (asked.has(row)) continue
    asked.add(row)
    const weight = weightOf(weights, row, back[n]!)
    if (weight < 1e-6) break
    const end = postings.offsets[row + 1]!
    for (let p = Math.max(postings.offsets[row]!, end - maxPostings); p < end; p++) {
      const s = postings.sequence[p]!
      if (similarity[s] === 0) {
        found[count++] = s
        sharedMoment[s] = postings.moment[p]!
        sharedBack[s] = back[n]!
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

/** Makes sequences ready to be asked about `items` item rows. */
export function sessionWeights(sequences: Sequences, parameters: SessionParameters, items: number): SessionWeights {
  return { ...sequences, ...parameters, postings: postingsOf(sequences, items) }
}

function postingsOf({ offsets, rows, moments }: Sequences, items: number): Postings {
  const latestIn = new Int32Array(items).fill(-1)
  const eachOnce = (visit: (sequence: number, row: number, moment: number) => void) => {
    latestIn.fill(-1)
    for (let s = 0; s + 1 < offsets.length; s++) {
      for (let entry = offsets[s + 1]! - 1; entry >= offsets[s]!; entry--) {
        const row = rows[entry]!
        if (latestIn[row] === s) continue
        latestIn[row] = s
        visit(s, row, moments[entry]!)
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
  const moment = new Int32Array(starts[items]!)
  eachOnce((s, row, at) => {
    const place = next[row]!++
    sequence[place] = s
    moment[place] = at
  })
  return { offsets: starts, sequence, moment }
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
    moments: { dtype: "I32", shape: [weights.moments.length], data: weights.moments },
    freshness: { dtype: "F32", shape: [weights.freshness.length], data: weights.freshness },
  },
})

/** Checks that every entry is an item's row; throws `incompatibleArtifact` for one that is not. */
export function readSessions(content: ArtifactContent): SessionWeights {
  const { length } = readItems(content)
  const offsets = tensorValues(content, "offsets", "I32", [-1])
  const rows = tensorValues(content, "rows", "I32", [-1])
  const moments = tensorValues(content, "moments", "I32", [rows.length])
  const freshness = tensorValues(content, "freshness", "F32", [Math.max(0, offsets.length - 1)])
  requireRows(offsets, rows, length, "sessions")
  if (!moments.every((moment) => moment >= 0 && moment <= furthest)) {
    throw new ApiError("incompatibleArtifact", `write moments of sessions as numbers between 0 and ${furthest}`)
  }
  const parameters = Object.fromEntries(parameterNames.map((name) => [name, metadataNumber(content, name)]))
  return sessionWeights({ offsets, rows, moments, freshness }, parameters as unknown as SessionParameters, length)
}
