import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { stringify } from "yaml"
import { expectedAlerts } from "./expected-alerts.ts"
import type { PlantedHour } from "./planted-series.ts"
import { type Recording, stretch } from "./recording.ts"

/** The alerts over one hour. */
export interface JudgedAlerts {
  name: string
  /** True if those fired that should, and no others. */
  isRight: boolean
  /** Output of `promtool`. */
  said: string
}

const hour = 3600

/** Has the alerts evaluated over an hour of each recording of a fault. */
export const judgeAlerts = (): JudgedAlerts[] =>
  judgeHours(
    Object.entries(expectedAlerts).map(([name, alerts]) => {
      const recording = JSON.parse(readFileSync(`test/alerts/recorded/${name}.json`, "utf8")) as Recording
      return { name, series: stretch(recording, hour), alerts }
    }),
  )

/** Has `promtool test rules` evaluate the alerts over hours; throws where it does not run. */
export function judgeHours(
  hours: readonly PlantedHour[],
  promtool = process.env.PROMTOOL ?? "promtool",
): JudgedAlerts[] {
  const folder = mkdtempSync(join(tmpdir(), "beforehand-alerts-"))
  try {
    return hours.map((one, n) => {
      const { name } = one
      const file = join(folder, `${n}.test.yml`)
      writeFileSync(file, stringify(rulesTest(one), { lineWidth: 0 }))
      const { status, error, stdout, stderr } = spawnSync(promtool, ["test", "rules", file], { encoding: "utf8" })
      if (error !== undefined)
        throw new Error(`failed to run ${promtool}; install it, or set PROMTOOL`, { cause: error })
      return { name, isRight: status === 0, said: `${stdout}${stderr}`.trim() }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function rulesTest({ name, series, alerts }: PlantedHour) {
  const fired = {
    expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
    eval_time: "60m",
    exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
  }
  return {
    rule_files: [resolve("docs/operations/alerts.yml")],
    evaluation_interval: "15s",
    tests: [{ name, interval: "15s", input_series: series, promql_expr_test: [fired] }],
  }
}
