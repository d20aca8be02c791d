import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { parse } from "csv-parse/sync"
import { type ArmReading, readMean } from "../../../src/core/experiment/arm-reading.ts"
import { withProducts } from "../../../src/core/experiment/covariate-products.ts"
import { adjustCrossFitted } from "../../../src/core/experiment/cuped.ts"
import { effectOf } from "../../../src/core/experiment/effect.ts"
import { addMoments } from "../../../src/core/experiment/moments.ts"
import { groupBy } from "../../../src/core/measure/group-by.ts"
import { createRandom } from "../../random.ts"
import { groupedMoments } from "./variance-cut.ts"

const votes = ["g2000", "g2002", "g2004", "p2000", "p2002", "p2004"]

export interface AdjustedTrial {
  people: number
  /** Share of the variance within arms that the covariates take out. */
  cut: number
  /** Of each arm against the control: raw and adjusted effect, and the raw one's standard error. */
  effects: { arm: string; raw: number; adjusted: number; error: number }[]
}

/** Adjusts the turnout of the arms of a field experiment (Gerber, Green and Larimer 2008) by age, sex, household and earlier votes. */
export function adjustTurnout(data: string, seed: number): AdjustedTrial {
  const text = gunzipSync(readFileSync(join(data, "gotv-mail", "people.csv.gz")))
  const people = parse(text, { columns: true }) as Record<string, string>[]
  const byArm = groupBy(people, ({ treatment }) => treatment!)
  const names = [...byArm.keys()].sort((a, b) => Number(b === "Control") - Number(a === "Control"))
  const groups = names.map((name, n) => {
    const rows = byArm.get(name)!.map((person) => [Number(person.voted), ...withProducts(covariatesOf(person))])
    const columns = rows[0]!.map((_, column) => Float64Array.from(rows, (row) => row[column]!))
    return groupedMoments(columns, createRandom(seed, n))
  })
  const raw = groups.map((of) => readMean(addMoments(of, of[0]!.width)))
  const adjusted = adjustCrossFitted(groups)
  const within = (readings: readonly ArmReading[]) =>
    readings.reduce((sum, { count, variance }) => sum + count * variance, 0)
  return {
    people: people.length,
    cut: 1 - within(adjusted) / within(raw),
    effects: names.slice(1).map((arm, n) => {
      const effect = effectOf(raw[0]!, raw[n + 1]!)!
      return {
        arm,
        raw: effect.estimate,
        adjusted: effectOf(adjusted[0]!, adjusted[n + 1]!)!.estimate,
        error: effect.error,
      }
    }),
  }
}

const covariatesOf = (person: Record<string, string>): number[] => [
  Number(person.hh_size),
  Number(person.age) / 10,
  Number(person.sex === "male"),
  ...votes.map((vote) => Number(person[vote])),
]
