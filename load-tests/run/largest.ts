import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setImmediate as turn } from "node:timers/promises"
import { demoShop } from "../../models/simulate/seed-demo.ts"
import { trainRelease } from "../../models/train/train.ts"
import { createKey } from "../../src/actions/access/create-key.ts"
import { createApp } from "../../src/app.ts"
import { parseConfig } from "../../src/config.ts"
import { systemActor } from "../../src/core/access/actor.ts"
import { createLog } from "../../src/start/log.ts"
import { openServices } from "../../src/start/open-services.ts"
import { startDemo } from "../../src/start/start-demo.ts"
import { largestRequests } from "./largest-requests.ts"

/**
 * Measures the largest legal request of each route on the demo shop: processor time in all, and the longest stretch for which it
 * holds the event loop, each the least of some tries, because other programs and garbage only add. In milliseconds.
 */
const tries = 4
const folder = mkdtempSync(join(tmpdir(), "beforehand-largest-"))
chmodSync(folder, 0o755)
const say = (line: string) => void process.stderr.write(`${line}\n`)
const config = parseConfig({ DATA_DIR: folder, REQUESTS_PER_SECOND: "0", ALLOW_VOLATILE: "1" })
const open = await openServices(config, createLog("silent"))

/** Processor time while something goes on: in all, and the most between two turns of the event loop. */
async function measure(work: () => Promise<Response>): Promise<{ status: number; cpuMs: number; heldMs: number }> {
  const cpuMs = () => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000
  let isOver = false
  let heldMs = 0
  const watching = (async () => {
    for (let before = cpuMs(); !isOver; before = cpuMs()) {
      await turn()
      heldMs = Math.max(heldMs, cpuMs() - before)
    }
  })()
  const before = performance.eventLoopUtilization()
  const started = cpuMs()
  const answer = await work()
  await answer.arrayBuffer()
  isOver = true
  await watching
  const busyMs = performance.eventLoopUtilization(before).active
  return { status: answer.status, cpuMs: Math.min(cpuMs() - started, busyMs), heldMs }
}

try {
  const progress = { step: say, update: () => {} }
  await startDemo(open, { demoShop: (options) => demoShop(options), trainRelease }, progress)
  const app = createApp(open.services)
  const made = await createKey(open.services, { scope: "admin", name: "bench" }, systemActor("bench"))
  const routes: Record<string, { status: number; cpuMs: number; heldMs: number }> = {}
  for (const { route, method, path, body } of largestRequests) {
    for (let n = 0; n < tries; n++) {
      const headers = { authorization: `Bearer ${made.key}`, "content-type": "application/json" }
      const text = body === undefined ? undefined : JSON.stringify(body(n))
      const found = await measure(async () =>
        app.request(path, { method, headers, ...(text !== undefined && { body: text }) }),
      )
      const best = routes[route] ?? found
      const least = (name: "cpuMs" | "heldMs") => Math.round(10 * Math.min(best[name], found[name])) / 10
      routes[route] = { status: found.status, cpuMs: least("cpuMs"), heldMs: least("heldMs") }
    }
    say(`${route}: ${JSON.stringify(routes[route])}`)
  }
  const longestMs = Math.max(...Object.values(routes).map(({ heldMs }) => heldMs))
  process.stdout.write(`${JSON.stringify({ bench: "largest", longestMs, routes })}\n`)
} finally {
  await open.close()
  rmSync(folder, { recursive: true, force: true })
}
