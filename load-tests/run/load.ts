import { parseArgs } from "node:util"
import { slo } from "../slo.ts"
import type { Times } from "../summary.ts"
import { findLimit, type Limit, type Route, rampAgainst } from "./breakpoint.ts"
import { closeOnExit } from "./close-on-exit.ts"
import { conditionsOf, environmentOf } from "./conditions.ts"
import { type K6Run, runK6 } from "./k6.ts"
import { type OpenShop, openShop } from "./open-shop.ts"
import { memorySlope, type Sample, sharesBetween } from "./processes.ts"
import { ownTimes } from "./profile.ts"
import { recoverySeconds } from "./recovery.ts"
import { writeLoadReport } from "./report.ts"

/** Loads a made shop into a service and a PostgreSQL of its own, runs a k6 scenario on it, and says what was measured. */
const scenarioNames = ["steady", "promotion", "spike", "soak", "breakpoint"] as const
type ScenarioName = (typeof scenarioNames)[number]

/** The spike's stages have lengths of their own. */
const defaultSeconds = { steady: 60, promotion: 120, spike: 0, soak: 600 }
const soakWarmUpMs = 120_000

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    customers: { type: "string", default: "100000" },
    items: { type: "string", default: "10000" },
    rate: { type: "string" },
    seconds: { type: "string" },
    "warm-up": { type: "string", default: "20" },
    passes: { type: "string", default: "1" },
    keep: { type: "string" },
    profile: { type: "string" },
    reports: { type: "string", default: "reports" },
  },
})

const say = (line: string) => void process.stderr.write(`${line}\n`)
const rounded = (value: number) => Math.round(value * 100) / 100

const showTimes = ({ count, maxMs, quantilesMs }: Times) =>
  `${["50", "90", "95", "99"].map((rank) => `p${rank} ${rounded(quantilesMs[rank] ?? 0)}`).join(", ")}, max ${rounded(maxMs)} ms of ${count}`

const showShares = (shares: ReturnType<typeof sharesBetween>) =>
  (["server", "postgres", "k6", "others"] as const).map((group) => `${group} ${rounded(shares[group])}`).join(", ")

const showCost = (shares: ReturnType<typeof sharesBetween>, rate: number) =>
  `server ${rounded((1000 * shares.server) / rate)}, postgres ${rounded((1000 * shares.postgres) / rate)} ms of a processor an answer`

const peakMemory = (samples: readonly Sample[]) =>
  Math.round(Math.max(...samples.map(({ serverRssMB }) => serverRssMB)))

async function measureMix(name: Exclude<ScenarioName, "breakpoint">, opened: OpenShop): Promise<boolean> {
  const rate = Number(flags.rate ?? slo.steady.rate)
  const environment = {
    ...environmentOf(opened),
    RATE: String(rate),
    SECONDS: flags.seconds ?? String(defaultSeconds[name]),
    WARM_UP_SECONDS: flags["warm-up"],
    ...(name === "promotion" && { RELEASE_ID: await opened.otherReleaseId() }),
  }
  const run = await runK6(name, environment, opened.pids)
  const { figures, samples } = run
  const seconds = figures.periods.length * figures.periodSeconds
  const until = figures.measuredFrom + seconds * 1000
  const shares = sharesBetween(samples, figures.measuredFrom, until)
  const conditions = [
    ...conditionsOf(opened),
    `${rate} requests a second for ${seconds} s after ${flags["warm-up"]} s of warming up`,
  ]
  const findings = [
    `all: ${showTimes(figures.all)}`,
    ...Object.entries(figures.byVerb).map(([verb, times]) => `${verb}: ${showTimes(times)}`),
    `beside it, the bare route: ${showTimes(figures.reference)}`,
    `errors ${figures.errors}, refused ${figures.refused}, degraded ${figures.degraded} of those inspected, not sent ${figures.dropped}`,
    `processors kept busy: ${showShares(shares)}; ${showCost(shares, figures.all.count / seconds)}`,
    `the server's memory at most ${peakMemory(samples)} MB`,
    ...(name === "promotion"
      ? [`in the ${slo.afterPromotion.seconds} s after the promotion: ${showTimes(figures.afterPromotion)}`]
      : []),
    ...(name === "spike" ? [sayRecovery(run)] : []),
  ]
  const path = await writeLoadReport(flags.reports, `load-${name}`, {
    title: `load:${name}`,
    conditions: [...conditions, ...findings],
    figures,
    samples,
  })
  for (const line of [...conditions, ...findings, `plots in ${path}`]) say(line)
  const counted = name === "promotion" ? figures.afterPromotion : figures.all
  printLine(name, {
    rate: rounded(figures.all.count / seconds),
    p50Ms: rounded(counted.quantilesMs["50"] ?? 0),
    p95Ms: rounded(counted.quantilesMs["95"] ?? 0),
    p99Ms: rounded(counted.quantilesMs["99"] ?? 0),
    errors: figures.errors,
    serverMemoryMB: peakMemory(samples),
    ...(name === "soak" && {
      memorySlopeMBPerMin: rounded(memorySlope(samples, figures.measuredFrom + Math.min(soakWarmUpMs, seconds * 300))),
    }),
  })
  return run.held
}

/** The spike's stages end with half a minute at the usual rate, whose first second still falls. */
function sayRecovery({ figures }: K6Run): string {
  const endSecond = figures.periods.length - 30
  const seconds = recoverySeconds(figures, endSecond, slo.steady.p99Ms)
  return seconds === null
    ? "not back in budget within 30 s of the spike"
    : `back in budget ${seconds} s after the spike`
}

async function measureLimits(opened: OpenShop): Promise<void> {
  const ask = rampAgainst(environmentOf(opened), opened.pids)
  const routes = { recommend: 200, twin: 400, bare: 1000 } satisfies Partial<Record<Route, number>>
  const limits = { recommend: [], twin: [], bare: [] } as Record<keyof typeof routes, Limit[]>
  const conditions = [
    ...conditionsOf(opened),
    `a rate holds while its p99 is at most ${slo.breakpoint.p99Ms} ms and nobody is refused; fine steps of 5 % for 8 s; median of ${flags.passes} passes`,
  ]
  for (let pass = 0; pass < Number(flags.passes); pass++) {
    for (const route of Object.keys(routes) as (keyof typeof routes)[]) {
      const limit = await findLimit(ask, route, Number(flags.rate ?? routes[route]))
      const verdict = limit.k6WasTheLimit ? "; k6 was the limit, so this is void" : ""
      say(
        `${route} held ${limit.rate}/s, p50 ${rounded(limit.p50Ms)}, p99 ${rounded(limit.p99Ms)} ms; processors ${showShares(limit.shares)}; ${showCost(limit.shares, limit.rate)}${verdict}`,
      )
      limits[route].push(limit)
    }
  }
  const recommend = middle(limits.recommend)
  const ratioTo = (others: readonly Limit[]) => rounded(recommend.rate / middle(others).rate)
  const { figures, samples } = recommend.run
  const path = await writeLoadReport(flags.reports, "load-breakpoint", {
    title: "load:breakpoint",
    conditions,
    figures,
    samples,
  })
  for (const line of [...conditions, `plots in ${path}`]) say(line)
  const isVoid = (of: readonly Limit[]) => of.some(({ k6WasTheLimit }) => k6WasTheLimit)
  if (isVoid(limits.recommend) || isVoid(limits.twin)) throw new Error("void: k6 was the limit of a run")
  if (isVoid(limits.bare))
    say("k6 was the limit of the bare route, whose own limit is higher: ratioToBare is at most this")
  printLine("breakpoint", {
    rate: recommend.rate,
    p50Ms: rounded(recommend.p50Ms),
    p95Ms: rounded(figures.all.quantilesMs["95"] ?? 0),
    p99Ms: rounded(recommend.p99Ms),
    errors: figures.errors,
    serverMemoryMB: peakMemory(samples),
    ratioToTwin: ratioTo(limits.twin),
    ratioToBare: ratioTo(limits.bare),
  })
}

const middle = (limits: readonly Limit[]): Limit => [...limits].sort((a, b) => a.rate - b.rate)[limits.length >> 1]!

const printLine = (name: ScenarioName, figures: Record<string, number>) =>
  process.stdout.write(`${JSON.stringify({ bench: `load:${name}`, ...figures })}\n`)

const name = scenarioNames.find((known) => known === positionals[0])
if (name === undefined) throw new Error(`name one of ${scenarioNames.join(", ")}`)
const size = { customers: Number(flags.customers), items: Number(flags.items) }
const { closing, close } = closeOnExit()
try {
  const opened = await openShop({ ...size, keep: flags.keep, profile: flags.profile, say, closing })
  if (name === "breakpoint") await measureLimits(opened)
  else if (!(await measureMix(name, opened))) process.exitCode = 1
} finally {
  await close()
  if (flags.profile !== undefined) for (const line of ownTimes(flags.profile, 40)) say(line)
}
