import { createRandom, oneOf } from "../random.ts"

/** Kinds of dirty worlds, from records that any rule joins to records that hardly anything does. */
const dirtyWorldKinds = ["easy", "medium", "hard", "hubs", "growing"] as const
export type DirtyWorldKind = (typeof dirtyWorldKinds)[number]

/** Parameters of a world's records; shares and probabilities, unless said otherwise. */
export interface DirtyWorld {
  records: number
  /** Mean records of a person, 1 + negative binomial. */
  meanRecords: number
  /** Shape of its gamma mixture: the lower, the heavier the tail. */
  recordsShape: number
  origins: number
  /** Exponent of the frequencies of names. */
  nameSkew: number
  /** Mean quality of a record as log-odds of a field being right, and its deviation over records. */
  quality: number
  qualitySpread: number
  /** Log-odds that a later record of a person loses. */
  decayPerRecord: number
  missing: number
  nicknameShare: number
  swapShare: number
  marriageShare: number
  movedShare: number
  sharedHomeShare: number
  sharedPhoneShare: number
  sharedEmailShare: number
  twinShare: number
  juniorShare: number
  recycledPhoneShare: number
  defaultDateShare: number
  /** Records that carry one of five hub values. */
  hubShare: number
}

type Range = readonly [number, number]
type Ranges = { readonly [field in Exclude<keyof DirtyWorld, "records">]: Range }

const medium: Ranges = {
  meanRecords: [3, 6],
  recordsShape: [0.8, 2],
  origins: [3, 6],
  nameSkew: [0.8, 1.1],
  quality: [1.6, 2.2],
  qualitySpread: [0.8, 1.2],
  decayPerRecord: [0.02, 0.06],
  missing: [0.15, 0.3],
  nicknameShare: [0.1, 0.2],
  swapShare: [0.01, 0.04],
  marriageShare: [0.03, 0.08],
  movedShare: [0.15, 0.3],
  sharedHomeShare: [0.4, 0.6],
  sharedPhoneShare: [0.1, 0.25],
  sharedEmailShare: [0.03, 0.08],
  twinShare: [0.02, 0.05],
  juniorShare: [0.005, 0.015],
  recycledPhoneShare: [0.005, 0.02],
  defaultDateShare: [0.005, 0.02],
  hubShare: [0.001, 0.001],
}

const rangesOf: Readonly<Record<DirtyWorldKind, Ranges>> = {
  easy: { ...medium, quality: [3, 3.6], missing: [0.02, 0.1], nicknameShare: [0.02, 0.06], movedShare: [0.05, 0.1] },
  medium,
  hard: {
    ...medium,
    meanRecords: [4, 9],
    quality: [1.6, 2],
    missing: [0.14, 0.2],
    nicknameShare: [0.2, 0.35],
    swapShare: [0.04, 0.1],
    movedShare: [0.3, 0.5],
    sharedHomeShare: [0.08, 0.15],
    sharedPhoneShare: [0.02, 0.04],
    sharedEmailShare: [0.005, 0.015],
    twinShare: [0.05, 0.1],
    juniorShare: [0.01, 0.02],
    recycledPhoneShare: [0.001, 0.003],
  },
  hubs: { ...medium, hubShare: [0.01, 0.03], recycledPhoneShare: [0.01, 0.03] },
  growing: medium,
}

/** Returns a world of a kind, its parameters drawn uniformly from the kind's ranges. */
export function drawDirtyWorld(kind: DirtyWorldKind, records: number, seed: number): DirtyWorld {
  const random = createRandom(seed, 41)
  const drawn = Object.entries(rangesOf[kind]).map(([field, [low, high]]) => [field, low + random() * (high - low)])
  const world = Object.fromEntries(drawn) as unknown as Omit<DirtyWorld, "records">
  // One world in three has people of one record mostly, beside a few of very many.
  const recordsShape = oneOf(random, [world.recordsShape, world.recordsShape, 0.35])
  return { ...world, recordsShape, origins: Math.round(world.origins), records }
}
