import { execFile } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { createRandom } from "../../random.ts"
import type { DecisionPoint } from "./decision-shop.ts"

/** Options chosen by a small search (gamma_scale 10 to 1000, learning_rate 0.1 and 0.5, more crosses) on world 101, which no benchmark run draws. */
export const vowpalOptions =
  "--cb_explore_adf --squarecb --gamma_scale 100 -q sa --learning_rate 0.1 -b 20 --random_seed 1"

const script = fileURLToPath(new URL("vowpal.py", import.meta.url))

/** Returns Vowpal Wabbit's distributions over nothing and the survivors of each point; it learns from the outcome of each choice at once. */
export async function runVowpal(
  python: string,
  scratch: string,
  points: readonly DecisionPoint[],
  seed: number,
  acceptance: Float64Array,
  options = vowpalOptions,
): Promise<Float64Array[]> {
  const name = `vowpal-${process.pid}-${seed}`
  const [input, output] = [join(scratch, `${name}.in`), join(scratch, `${name}.out`)]
  const random = createRandom(seed, 0x7677)
  writeFileSync(input, `${points.map((point, n) => lineOf(point, random(), acceptance[n]!)).join("\n")}\n`)
  await promisify(execFile)(python, [script, options, input, output])
  return readFileSync(output, "utf8")
    .trim()
    .split("\n")
    .map((line) => Float64Array.from(JSON.parse(line) as number[]))
}

function lineOf(
  { contextFeatures, survivorFeatures, survivors, probability }: DecisionPoint,
  draw: number,
  accept: number,
) {
  return JSON.stringify({
    shared: named(contextFeatures),
    actions: ["nothing", ...survivors.map(({ id }, option) => `${id} ${named(survivorFeatures[option]!)}`)],
    value: [0, ...survivors.map(({ value }) => value)],
    cost: [0, ...survivors.map(({ cost }) => cost)],
    probability: [0, ...probability],
    draw,
    accept,
  })
}

const named = (features: Float32Array): string =>
  [...features].flatMap((value, n) => (value === 0 ? [] : [`f${n}:${Number(value.toFixed(4))}`])).join(" ")
