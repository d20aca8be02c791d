import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { parse } from "csv-parse/sync"

/** One logged impression of the Open Bandit Dataset (Saito et al. 2021). */
export interface Impression {
  item: number
  position: number
  click: number
  probability: number
}

/** Reads `<policy>.csv` or `<policy>.csv.gz` of a folder of that layout. */
export function readImpressions(folder: string, policy: "random" | "bts"): Impression[] {
  const rows = parse(readText(join(folder, `${policy}.csv`)), { columns: true }) as Record<string, string>[]
  return rows.map((row) => ({
    item: Number(row.item_id),
    position: Number(row.position),
    click: Number(row.click),
    probability: Number(row.propensity_score),
  }))
}

/** Returns each item's impressions at each position, as a share of the position's impressions: by position, then by item. */
export function choiceFrequencies(impressions: readonly Impression[], items: number): Map<number, Float64Array> {
  const counts = new Map<number, Float64Array>()
  for (const { item, position } of impressions) {
    const count = counts.get(position) ?? new Float64Array(items)
    count[item]!++
    counts.set(position, count)
  }
  return new Map(
    [...counts].map(([position, count]) => {
      const total = count.reduce((sum, value) => sum + value, 0)
      return [position, count.map((value) => value / total)]
    }),
  )
}

const readText = (path: string): Buffer =>
  existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(`${path}.gz`))
