import type { IdentityModel } from "../../../src/core/identity/resolve/identity-model.ts"
import { type HeldRecord, linkRecord } from "../../../src/core/identity/resolve/link-record.ts"
import { openModel } from "../../../src/core/identity/resolve/open-model.ts"
import type { PersonRecord } from "../../../src/core/identity/resolve/person-record.ts"

/** People made of positions of records, as they stand after some of the records. */
interface LinkedPeople {
  clusterOf: Int32Array
  members: Map<number, number[]>
}

/** Links the records from `from` on one by one, as they would come, and times each in milliseconds; keys are looked up in memory. */
function linkOneByOne(
  records: readonly PersonRecord[],
  from: number,
  model: IdentityModel,
  { clusterOf, members }: LinkedPeople,
): number[] {
  const opened = openModel(model)
  const blocks = new Map<string, number[]>()
  const held: HeldRecord<number>[] = []
  const timesMs: number[] = []
  records.forEach((given, n) => {
    const started = performance.now()
    const record = { id: n, prepared: opened.prepare(given) }
    held.push(record)
    const found = new Set<number>()
    opened.keysOf(record.prepared, (family, key) => {
      const name = `${family}:${key}`
      const block = blocks.get(name)
      if (block === undefined) blocks.set(name, [n])
      else {
        // A block above its cap is compared with nobody, in the run over all records as here.
        if (block.length < model.caps[family]!) for (const other of block) if (other !== n) found.add(clusterOf[other]!)
        if (block.length <= model.caps[family]!) block.push(n)
      }
    })
    if (n < from) return
    clusterOf[n] = n
    members.set(n, [n])
    const people = [...found].sort((a, b) => a - b).map((person) => members.get(person)!.map((at) => held[at]!))
    const linked = linkRecord(record, people, opened).people
    for (const at of linked.flat()) members.delete(clusterOf[at]!)
    for (const own of linked) {
      const person = Math.min(...own)
      members.set(person, [...own])
      for (const at of own) clusterOf[at] = person
    }
    timesMs.push(performance.now() - started)
  })
  return timesMs
}

/** Batches in which the records come. */
const batches = 10

/**
 * Learns from the first tenth of the records, then links each further tenth one by one with the model learnt from those before. Returns
 * the people after the last, and the times of the single records in milliseconds.
 */
export function linkInBatches(
  records: readonly PersonRecord[],
  learn: (records: readonly PersonRecord[]) => { model: IdentityModel; clusterOf: Int32Array },
): { clusterOf: Int32Array; timesMs: number[] } {
  const people: LinkedPeople = { clusterOf: new Int32Array(records.length), members: new Map() }
  const timesMs: number[] = []
  for (let batch = 1; batch < batches; batch++) {
    const [from, end] = [batch, batch + 1].map((n) => Math.floor((n * records.length) / batches)) as [number, number]
    const learnt = learn(records.slice(0, from))
    if (batch === 1) startFrom(people, learnt.clusterOf)
    timesMs.push(...linkOneByOne(records.slice(0, end), from, learnt.model, people))
  }
  return { clusterOf: people.clusterOf, timesMs }
}

function startFrom({ clusterOf, members }: LinkedPeople, first: Int32Array): void {
  const lowest = new Map<number, number>()
  first.forEach((cluster, n) => {
    if (!lowest.has(cluster)) lowest.set(cluster, n)
    const person = lowest.get(cluster)!
    clusterOf[n] = person
    const own = members.get(person)
    if (own === undefined) members.set(person, [n])
    else own.push(n)
  })
}
