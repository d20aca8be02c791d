import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { stringify } from "yaml"
import { expectedAlerts } from "./expected-alerts.ts"
import { type Recording, stretch } from "./recording.ts"

/** Has `promtool test rules` evaluate the alerts over an hour of each recording; fails if others fire than expected. */
const hour = 3600
const folder = mkdtempSync(join(tmpdir(), "beforehand-alerts-"))
const promtool = process.env.PROMTOOL ?? "promtool"
try {
  const tests = Object.entries(expectedAlerts).map(([name, alerts]) => ({
    name,
    interval: "15s",
    input_series: stretch(JSON.parse(readFileSync(`test/alerts/recorded/${name}.json`, "utf8")) as Recording, hour),
    promql_expr_test: [
      {
        expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
        eval_time: "60m",
        exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
      },
    ],
  }))
  const file = join(folder, "alerts.test.yml")
  const rules = { rule_files: [resolve("docs/operations/alerts.yml")], evaluation_interval: "15s", tests }
  writeFileSync(file, stringify(rules, { lineWidth: 0 }))
  const { status, error } = spawnSync(promtool, ["test", "rules", file], { stdio: "inherit" })
  if (error !== undefined) throw new Error(`failed to run ${promtool}; install it, or set PROMTOOL`, { cause: error })
  process.exitCode = status ?? 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
