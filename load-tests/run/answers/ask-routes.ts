import { spawn } from "node:child_process"
import { once } from "node:events"
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { AnswerFigures, Slice } from "../../answers.ts"
import { k6Path } from "../k6.ts"
import type { OpenSide } from "./open-side.ts"

const scripts = fileURLToPath(new URL("../../", import.meta.url))

/** Writes the k6 script into a folder beside the words of the commit that it will ask. */
export function prepareScript(folder: string, routesFile: string): void {
  mkdirSync(folder, { recursive: true })
  for (const name of ["answers.ts", "zipf.ts"]) copyFileSync(join(scripts, name), join(folder, name))
  copyFileSync(routesFile, join(folder, "routes.ts"))
}

export interface Asking {
  side: OpenSide
  /** Folder that `prepareScript` wrote to. */
  folder: string
  plan: readonly Slice[]
  seed: number
  /** Is told k6's process id, and `undefined` when it ended. */
  follow(pid: number | undefined): void
  closing: (() => unknown)[]
}

/** Runs k6 once over a plan. */
export async function askRoutes({ side, folder, plan, seed, follow, closing }: Asking): Promise<AnswerFigures> {
  const summaryFile = join(folder, "summary.json")
  rmSync(summaryFile, { force: true })
  const env = {
    ...process.env,
    ...side.keys,
    BASE_URL: side.baseUrl,
    CUSTOMERS: String(side.facts.customers),
    PLAN: JSON.stringify(plan),
    SEED: String(seed),
    SUMMARY_FILE: summaryFile,
    K6_NO_USAGE_REPORT: "true",
  }
  const k6 = spawn(k6Path(), ["run", "--quiet", "--no-color", "--address", "", join(folder, "answers.ts")], {
    env,
    stdio: ["ignore", 2, "inherit"],
    detached: true,
  })
  const end = () => void k6.kill("SIGKILL")
  closing.push(end)
  try {
    const failed = once(k6, "error").then(([error]) => {
      throw new Error(`k6 does not run (${error.message}); install it with: go install go.k6.io/k6@v1.8.1`)
    })
    follow(k6.pid)
    const [code] = await Promise.race([once(k6, "exit"), failed])
    if (!existsSync(summaryFile)) throw new Error(`k6 ended with ${code} before it measured anything`)
    return JSON.parse(readFileSync(summaryFile, "utf8")) as AnswerFigures
  } finally {
    follow(undefined)
    if (closing.includes(end)) closing.splice(closing.indexOf(end), 1)
  }
}
