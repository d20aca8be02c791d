import type { PersonRecord } from "../../../src/core/identity/resolve/person-record.ts"
import { fitIdentity } from "../../identity/fit-identity.ts"
import { type DirtyRecords, makeDirtyRecords } from "../../simulate/dirty-records.ts"
import { type DirtyWorldKind, drawDirtyWorld } from "../../simulate/dirty-world.ts"
import { linkInBatches } from "./link-one-by-one.ts"
import { measureResolver, rounded } from "./measure-resolver.ts"
import { pairFigures } from "./pair-figures.ts"
import { runSplink } from "./run-splink.ts"

export interface WorldOptions {
  /** Records of the hard world; the others have a fifth. */
  records: number
  seed: number
  /** True to resolve a world of a million records too. */
  withMillion: boolean
  python: string | undefined
  say: (line: string) => void
}

/** Resolves simulated worlds and prints a line for each and one for all. */
export function measureWorlds({ records, seed, withMillion, python, say }: WorldOptions): void {
  const figures: Record<string, unknown> = {}
  const few = Math.ceil(records / 5)
  for (const kind of ["easy", "medium", "hard", "hubs", "growing"] as const) {
    const world = makeWorld(kind, kind === "hard" ? records : few, seed)
    const truth = [...world.personOf]
    const { fitted, figures: ours } = measureResolver(world.records, truth, { say })
    const isPeerAsked = python !== undefined && kind === "hard"
    const splink = isPeerAsked ? runSplink(python, world.records, truth, fitted.model.plan) : null
    print({ dataset: `${kind} world, seed ${seed}`, ...ours, splink })
    if (kind === "hard") {
      figures.hardF1 = ours.f1
      figures.hardPrecision = ours.precision
      figures.hardSplinkF1 = splink?.f1 ?? null
    } else if (kind === "hubs") figures.hubFalseJoinShare = hubFalseJoins(world, fitted.clusterOf)
    else if (kind === "growing") {
      const { clusterOf, timesMs } = linkInBatches(world.records, (records) => fitIdentity(records))
      figures.incrementalF1 = pairFigures(clusterOf, [...fitted.clusterOf]).f1
      figures.oneRecordP95Ms = timesMs.sort((a, b) => a - b)[Math.floor(timesMs.length * 0.95)]
    }
  }
  if (withMillion) {
    const world = makeWorld("medium", 1_000_000, seed)
    const { seconds, peakMemoryMB, f1 } = measureResolver(world.records, [...world.personOf], { say }).figures
    figures.million = { seconds, peakMemoryMB, f1 }
  }
  print({ dataset: "worlds", ...figures })
}

const print = (line: object) =>
  void process.stdout.write(`${JSON.stringify(rounded({ bench: "identity", ...line }))}\n`)

const makeWorld = (kind: DirtyWorldKind, records: number, seed: number): DirtyRecords =>
  makeDirtyRecords(drawDirtyWorld(kind, records, seed), seed)

/** Share of records with company in which a hub value stands and, in the same cluster, in another person's record too. */
function hubFalseJoins({ records, personOf, hasHub }: DirtyRecords, clusterOf: Int32Array): number {
  const members = new Map<number, number[]>()
  clusterOf.forEach((cluster, n) => {
    const held = members.get(cluster)
    if (held === undefined) members.set(cluster, [n])
    else held.push(n)
  })
  let [joined, wrong] = [0, 0]
  for (const own of members.values()) {
    if (own.length < 2) continue
    joined += own.length
    const hubs = own.filter((n) => hasHub[n] === 1)
    wrong += hubs.filter((n) =>
      hubs.some((other) => personOf[other] !== personOf[n] && haveValueInCommon(records[n]!, records[other]!)),
    ).length
  }
  return joined === 0 ? 0 : wrong / joined
}

const haveValueInCommon = (a: PersonRecord, b: PersonRecord): boolean =>
  a.identifiers.some(({ type, value }) => b.identifiers.some((one) => one.type === type && one.value === value))
