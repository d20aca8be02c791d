import { readFileSync, writeFileSync } from "node:fs"
import { parse } from "yaml"
import { condense, seriesOf } from "./recording.ts"

const usage = "usage: node --import tsx test/alerts/record.ts FOLDER NAME, FOLDER made by bench:sick --record"
/** A fault is not whole at once; its beginning would return again and again in the stretched hour. */
const beginMs = 3000

/** Condenses the recording of a fault into `test/alerts/recorded/`. */
const [folder, name] = process.argv.slice(2)
if (folder === undefined || name === undefined) throw new Error(usage)
const { groups } = parse(readFileSync("docs/operations/alerts.yml", "utf8")) as {
  groups: { rules: { expr: string }[] }[]
}
const names = seriesOf(groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)))
const { from, to } = JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8")) as { from: number; to: number }
const text = readFileSync(`${folder}/${name}-replica-1.txt`, "utf8")
const { series } = condense(text, [from + beginMs, to], names)
const lines = Object.entries(series).map(([key, one]) => `    ${JSON.stringify(key)}: ${JSON.stringify(one)}`)
writeFileSync(`test/alerts/recorded/${name}.json`, `{\n  "series": {\n${lines.join(",\n")}\n  }\n}\n`)
