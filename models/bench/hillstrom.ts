import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { parse } from "csv-parse/sync"

/** A trial of one e-mail against none (Hillstrom 2008): features in columns, treatment and visits. */
export interface EmailTrial {
  names: readonly string[]
  columns: readonly Float32Array[]
  treated: Float64Array
  visited: Float64Array
}

/** Reads the customers who got the women's e-mail or none. */
export function readWomensTrial(data: string): EmailTrial {
  const text = gunzipSync(readFileSync(join(data, "hillstrom", "hillstrom.csv.gz")))
  const all = parse(text, { columns: true }) as Record<string, string>[]
  const rows = all.filter(({ segment }) => segment !== "Mens E-Mail")
  const is = (column: string, value: string) => rows.map((row) => (row[column] === value ? 1 : 0))
  const number = (column: string) => rows.map((row) => Number(row[column]))
  const features: Record<string, number[]> = {
    recency: number("recency"),
    history: number("history").map(Math.log1p),
    mens: number("mens"),
    womens: number("womens"),
    newbie: number("newbie"),
    urban: is("zip_code", "Urban"),
    rural: is("zip_code", "Rural"),
    phone: is("channel", "Phone"),
    web: is("channel", "Web"),
  }
  return {
    names: Object.keys(features),
    columns: Object.values(features).map((values) => Float32Array.from(values)),
    treated: Float64Array.from(is("segment", "Womens E-Mail")),
    visited: Float64Array.from(number("visit")),
  }
}
