import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { runK6 } from "./k6.ts"
import { startService } from "./service.ts"

/** Starts the service as a newcomer does, with the demo shop, and asks it a little of everything; `ASSERT=correctness` leaves speed out. */
const readyWithinMs = 15 * 60_000
const seconds = 20
const folder = mkdtempSync(join(tmpdir(), "beforehand-smoke-"))
chmodSync(folder, 0o755)
const rounded = (value = 0): number => Math.round(value * 100) / 100
const settings = { DATA_DIR: folder, DEMO: "on", LOG_LEVEL: "warn" }

try {
  const service = await startService(["src/cli.ts", "start"], settings, { readyWithinMs })
  try {
    const environment = { ...service.keys, BASE_URL: service.baseUrl, SECONDS: String(seconds), WARM_UP_SECONDS: "0" }
    const { figures, samples, held } = await runK6("smoke", environment, { server: service.pid, postgres: -1 })
    const { all, byVerb, errors, refused, dropped, degraded } = figures
    for (const [verb, { count, quantilesMs, maxMs }] of Object.entries(byVerb)) {
      const { 50: p50, 95: p95, 99: p99 } = quantilesMs
      console.error(
        `${verb}: ${count}, p50 ${rounded(p50)}, p95 ${rounded(p95)}, p99 ${rounded(p99)}, max ${rounded(maxMs)} ms`,
      )
    }
    console.error(`refused ${refused}, degraded ${degraded}, not sent ${dropped}`)
    const line = {
      bench: "load:smoke",
      rate: rounded(all.count / seconds),
      p50Ms: rounded(all.quantilesMs["50"]),
      p95Ms: rounded(all.quantilesMs["95"]),
      p99Ms: rounded(all.quantilesMs["99"]),
      errors,
      degraded,
      serverMemoryMB: Math.round(Math.max(...samples.map(({ serverRssMB }) => serverRssMB))),
    }
    process.stdout.write(`${JSON.stringify(line)}\n`)
    if (!held) process.exitCode = 1
  } finally {
    await service.stop()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
