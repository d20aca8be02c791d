import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { DecisionWorld } from "../../../models/simulate/decision-world.ts"
import type { Policy } from "../../../src/core/decision/policy.ts"
import { decideVisit, knowledgeOf } from "./learn-run.ts"

/** Writes the decisions of a world for the peer: the very features that ours logs, those that never change left out. */
export function writeContest(world: DecisionWorld, folder: string, seed: number, policy: Policy): void {
  mkdirSync(folder, { recursive: true })
  const { offers, visits } = world
  const knowledge = knowledgeOf(world, null, [])
  const shared: number[][] = []
  const actions: number[][] = []
  const chances = new Float32Array(visits * offers.length)
  const outcomes = new Uint8Array(visits * offers.length)
  for (let n = 0; n < visits; n++) {
    const visit = world.visit(n)
    const { trace } = decideVisit(visit, String(n), knowledge, policy)
    const byOffer = new Map(trace.options.map(({ offerId, features }) => [offerId, features]))
    shared.push([...trace.situation, ...visit.interests])
    for (const { id } of offers) actions.push(byOffer.get(id)!)
    chances.set(world.chances(n), n * offers.length)
    outcomes.set(world.outcomes(n), n * offers.length)
  }
  const [sharedColumns, actionColumns] = [changing(shared), changing(actions)]
  const { low, high } = policy.rewardBounds
  const shape = { decisions: visits, offers: offers.length, shared: sharedColumns.width, action: actionColumns.width }
  writeFileSync(join(folder, "shape.json"), JSON.stringify({ ...shape, low, high, seed }))
  const files = {
    shared: sharedColumns.data,
    actions: actionColumns.data,
    values: Float32Array.from(offers, ({ value }) => value),
    costs: Float32Array.from(offers, ({ cost }) => cost),
    chances,
    outcomes,
  }
  for (const [name, data] of Object.entries(files))
    writeFileSync(join(folder, `${name}.bin`), new Uint8Array(data.buffer))
}

/** Columns that change at all, row by row. */
function changing(rows: readonly (readonly number[])[]): { width: number; data: Float32Array } {
  const first = rows[0]!
  const kept = first.flatMap((value, column) => (rows.some((row) => row[column] !== value) ? [column] : []))
  const data = new Float32Array(rows.length * kept.length)
  rows.forEach((row, n) => {
    kept.forEach((column, k) => {
      data[n * kept.length + k] = row[column]!
    })
  })
  return { width: kept.length, data }
}
