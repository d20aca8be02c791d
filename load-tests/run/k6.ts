import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { homedir, tmpdir } from "node:os"
import { join } from "node:path"
import type { Figures } from "../summary.ts"
import { type Sample, takeSample } from "./processes.ts"

/** The k6 on the path, or where `go install` puts it. */
export function k6Path(): string {
  const installed = join(process.env.GOPATH ?? join(homedir(), "go"), "bin", "k6")
  return existsSync(installed) ? installed : "k6"
}

export interface K6Run {
  figures: Figures
  samples: readonly Sample[]
  /** True if every threshold held. */
  held: boolean
}

const thresholdsBroken = 99
const sampleEveryMs = 500

/** Runs a script of `load-tests/` and watches the processes meanwhile. */
export async function runK6(
  script: string,
  environment: Record<string, string>,
  pids: { server: number; postgres: number },
): Promise<K6Run> {
  const folder = mkdtempSync(join(tmpdir(), "beforehand-k6-"))
  const summaryFile = join(folder, "summary.json")
  const samples: Sample[] = []
  const env = { ...process.env, ...environment, SUMMARY_FILE: summaryFile, K6_NO_USAGE_REPORT: "true" }
  const k6 = spawn(k6Path(), ["run", "--quiet", "--address", "", `load-tests/${script}.ts`], {
    env,
    stdio: ["ignore", 2, "inherit"],
  })
  const endWithUs = () => {
    k6.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  process.once("exit", endWithUs)
  const watch = setInterval(() => samples.push(takeSample({ ...pids, k6: k6.pid! })), sampleEveryMs)
  try {
    const failed = once(k6, "error").then(([error]) => {
      throw new Error(`k6 does not run (${error.message}); install it with: go install go.k6.io/k6@v1.8.1`)
    })
    const [code] = await Promise.race([once(k6, "exit"), failed])
    if (!existsSync(summaryFile)) throw new Error(`k6 ended with ${code} before it measured anything`)
    const figures = JSON.parse(readFileSync(summaryFile, "utf8")) as Figures
    if (code !== 0 && code !== thresholdsBroken) throw new Error(`k6 ended with ${code}`)
    return { figures, samples, held: code === 0 }
  } finally {
    clearInterval(watch)
    process.off("exit", endWithUs)
    endWithUs()
  }
}
