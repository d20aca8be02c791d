import type { IdentityModel } from "../../../src/core/identity/resolve/identity-model.ts"
import { linkRecord } from "../../../src/core/identity/resolve/link-record.ts"
import { openModel } from "../../../src/core/identity/resolve/open-model.ts"
import type { PersonRecord } from "../../../src/core/identity/resolve/person-record.ts"
import type { PreparedRecord } from "../../../src/core/identity/resolve/prepared-record.ts"

/** Links records one by one, as they would come, and times each; keys are looked up in memory. */
export function linkOneByOne(
  records: readonly PersonRecord[],
  model: IdentityModel,
): { clusterOf: Int32Array; p95Ms: number } {
  const opened = openModel(model)
  const blocks = new Map<string, number[]>()
  const held: PreparedRecord[] = []
  const clusterOf = new Int32Array(records.length)
  const members = new Map<number, number[]>()
  const timesMs: number[] = []
  records.forEach((given, n) => {
    const started = performance.now()
    const record = opened.prepare(given)
    held.push(record)
    const found = new Set<number>()
    opened.keysOf(record, (family, key) => {
      const name = `${family}:${key}`
      const block = blocks.get(name)
      if (block === undefined) blocks.set(name, [n])
      else {
        // A block above its cap is compared with nobody, in the run over all records as here.
        if (block.length < model.caps[family]!) for (const other of block) if (other !== n) found.add(clusterOf[other]!)
        if (block.length <= model.caps[family]!) block.push(n)
      }
    })
    const candidates = [...found]
      .sort((a, b) => a - b)
      .map((id) => ({ id, records: members.get(id)!.map((position) => held[position]!) }))
    const { people } = linkRecord(record, candidates, opened)
    const person = people.length === 0 ? n : Math.min(...people)
    const own = [n, ...people.flatMap((id) => members.get(id)!)]
    for (const id of people) members.delete(id)
    members.set(person, own)
    for (const position of own) clusterOf[position] = person
    timesMs.push(performance.now() - started)
  })
  timesMs.sort((a, b) => a - b)
  return { clusterOf, p95Ms: timesMs[Math.floor(timesMs.length * 0.95)] ?? 0 }
}
