import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { parse } from "csv-parse/sync"
import { readAlwaysValid } from "../../../src/core/experiment/always-valid.ts"
import { type Effect, effectOf } from "../../../src/core/experiment/effect.ts"
import { normal95 } from "../../../src/core/measure/estimate.ts"

export interface Peeking {
  series: number
  /** Series in which |z| > 1.96 at the last look, and at any. */
  fixedAtEnd: number
  fixedAtAnyLook: number
  /** Series whose always-valid interval leaves 0 out at the last look, and at any. */
  alwaysValidAtEnd: number
  alwaysValidAtAnyLook: number
}

/** Counts what looking at every checkpoint of real experiments would have claimed; the planned end is the last checkpoint. */
export function countPeeking(data: string, level: number): Peeking {
  const path = join(data, "asos-experiments", "checkpoints.csv.gz")
  const rows = parse(gunzipSync(readFileSync(path)), { columns: true }) as Record<string, string>[]
  const series = new Map<string, { at: number; effect: Effect | null }[]>()
  for (const row of rows) {
    const key = `${row.experiment_id}/${row.variant_id}/${row.metric_id}`
    const of = (arm: "c" | "t") => {
      const mean = Number(row[`mean_${arm}`])
      return {
        count: Number(row[`count_${arm}`]),
        mean,
        variance: Number(row[`variance_${arm}`]),
        unadjustedMean: mean,
      }
    }
    const looks = series.get(key) ?? []
    looks.push({ at: Number(row.time_since_start), effect: effectOf(of("c"), of("t")) })
    series.set(key, looks)
  }
  const counted = { fixedAtEnd: 0, fixedAtAnyLook: 0, alwaysValidAtEnd: 0, alwaysValidAtAnyLook: 0 }
  for (const looks of series.values()) {
    const effects = looks.sort((a, b) => a.at - b.at).flatMap(({ effect }) => effect ?? [])
    if (effects.length === 0) continue
    const options = { level, plannedCustomers: effects.at(-1)!.count }
    const fixed = effects.map(({ estimate, error }) => Math.abs(estimate) > normal95 * error)
    const always = effects.map((effect) => {
      const { low, high } = readAlwaysValid(effect, options)
      return low > 0 || high < 0
    })
    if (fixed.at(-1)) counted.fixedAtEnd++
    if (fixed.includes(true)) counted.fixedAtAnyLook++
    if (always.at(-1)) counted.alwaysValidAtEnd++
    if (always.includes(true)) counted.alwaysValidAtAnyLook++
  }
  return { series: series.size, ...counted }
}
