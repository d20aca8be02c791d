import { execFileSync } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { cpus, loadavg, tmpdir, totalmem } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { routeNames, routes } from "../../routes.ts"
import { slo } from "../../slo.ts"
import { closeOnExit } from "../close-on-exit.ts"
import { ownTimes } from "../profile.ts"
import { prepareScript } from "./ask-routes.ts"
import { checkOut, commitOf, describeCheckout, routesFileOf } from "./checkout.ts"
import { compareRoutes, medianCost, noiseOfTwin } from "./compare.ts"
import { findRates } from "./find-rates.ts"
import { measureRepeats, type Side, startSampling } from "./measure-repeats.ts"
import { openSide, type SideOptions } from "./open-side.ts"
import { help, type Options, parseOptions } from "./options.ts"
import { jsonLine, tableOf } from "./report.ts"
import type { AskedRoute } from "./schedule.ts"
import { describeUnfound } from "./search-rate.ts"

/** Compares what answers cost with another commit, or measures this one alone; `help` says how. */
const root = fileURLToPath(new URL("../../../", import.meta.url))
const say = (line: string) => void process.stderr.write(`${line}\n`)
const begun = performance.now()
const secondsGone = () => (performance.now() - begun) / 1000
const stage = (line: string) => say(`[${Math.round(secondsGone())} s] ${line}`)

/** Of the time there is, what the search for the highest rate may take, and the close. */
const searchShare = 0.2
const closeSeconds = 20

/** Events arrive so many times as often in batches as alone. */
const batchTimes = 2

const askedRoutes = (rate: number): AskedRoute[] => [
  ...routeNames.map((route) => {
    const { events = 1 } = routes[route]
    return { route, rate: events === 1 ? rate : Math.ceil((batchTimes * rate) / events) }
  }),
  { route: "bare", rate },
]

async function openSides(options: Options, folder: string, closing: (() => unknown)[]): Promise<Side[]> {
  const { against, customers, items, profile } = options
  const keepOf = (name: string) => join(folder, name)
  const sizes = { customers, items }
  const stops: (() => Promise<void>)[] = []
  closing.push(() => Promise.all(stops.map((stop) => stop())))
  const ours: SideOptions = { root, keep: keepOf("new"), ...sizes }
  const old = against === undefined ? undefined : { commit: commitOf(root, against), folder: join(folder, "checkout") }

  const installing =
    old &&
    checkOut({ root, ...old, logFile: join(folder, "npm.log") }, closing).then(() =>
      stage(`installed ${old.commit.slice(0, 7)}`),
    )
  const loading = openSide(ours, stops).then(({ stop }) => stop())
  await Promise.all([installing, loading])
  execFileSync("cp", ["-a", keepOf("new"), keepOf("twin")])
  stage("loaded the shop of this commit and copied it for its twin")

  const open = async (name: Side["name"], options: SideOptions, routesFile: string): Promise<Side> => {
    const script = join(folder, `k6-${name}`)
    prepareScript(script, routesFile)
    return { name, script, open: await openSide({ ...options, profile: profile && join(profile, name) }, stops) }
  }
  const ownRoutes = join(root, "load-tests/routes.ts")
  const olderRoutes = fileURLToPath(new URL("routes-of-0.1.ts", import.meta.url))
  const opening = [
    ...(old
      ? [open("old", { root: old.folder, keep: keepOf("old"), ...sizes }, routesFileOf(old.folder, olderRoutes))]
      : []),
    open("new", ours, ownRoutes),
    open("twin", { ...ours, keep: keepOf("twin") }, ownRoutes),
  ]
  const sides = await Promise.all(opening)
  stage(`${sides.length} services are ready`)
  return sides
}

function sayConditions({ against, rate, seconds, customers, items }: Options, sides: readonly Side[]): void {
  say(`${cpus()[0]?.model}, ${cpus().length} cores for everything, ${Math.round(totalmem() / 2 ** 30)} GB`)
  say(
    `Node ${process.version}; load average at the start ${loadavg()
      .map((load) => load.toFixed(2))
      .join(", ")}`,
  )
  say(`new: ${describeCheckout(root)}; old: ${against === undefined ? "none" : commitOf(root, against).slice(0, 7)}`)
  for (const { name, open } of sides)
    say(`${name}: ${open.facts.events} events before; PostgreSQL ${open.facts.durability}`)
  say(
    `${customers} customers, drawn by Zipf(1), and ${items} items; ${rate} requests a second to a route for ${seconds} s`,
  )
}

async function run(options: Options, closing: (() => unknown)[]): Promise<void> {
  const until = options.minutes * 60 - closeSeconds
  const folder = mkdtempSync(join(tmpdir(), "beforehand-answers-"))
  chmodSync(folder, 0o755)
  closing.push(() => rmSync(folder, { recursive: true, force: true }))
  if (options.profile !== undefined) mkdirSync(options.profile, { recursive: true })

  const sides = await openSides(options, folder, closing)
  sayConditions(options, sides)
  const sampling = startSampling(sides)
  closing.push(sampling.stop)
  const asked = askedRoutes(options.rate)
  const measureUntil = until - options.minutes * 60 * searchShare
  const measured = await measureRepeats({
    sides,
    asked,
    seconds: options.seconds,
    repeats: options.repeats,
    mayBegin: (repeatSeconds) => secondsGone() + repeatSeconds <= measureUntil,
    sampling,
    stage,
    closing,
  })

  const byName = measured.costs
  const byRoute = compareRoutes(byName.new!, byName.old ?? {})
  const byTwin = compareRoutes(byName.new!, byName.twin!)
  const { bare: _, ...productByTwin } = byTwin
  const noise = noiseOfTwin(productByTwin)
  const oldCosts = Object.fromEntries(
    Object.entries(byName.old ?? {}).map(([route, costs]) => [route, medianCost(costs)]),
  )
  const cpuMs = byRoute.recommend?.cost?.cpuMs ?? 1.5
  const rates = await findRates({ sides, cpuMs, sampling, closing, stage, isTimeLeft: () => secondsGone() < until })

  for (const line of tableOf({ byRoute, oldCosts, byTwin })) say(line)
  const { events: batchEvents = 1 } = routes.batch
  const { cost: batchCost } = byRoute.batch!
  if (batchCost)
    say(
      `an event: ${(byRoute.track?.cost?.cpuMs ?? Number.NaN).toFixed(2)} ms alone, ${(batchCost.cpuMs / batchEvents).toFixed(3)} ms in a batch of ${batchEvents}`,
    )
  for (const [name, { server, postgres }] of Object.entries(measured.idle))
    say(
      `${name} unasked: server ${server.toFixed(1)}, PostgreSQL ${postgres.toFixed(1)} ms a second, not counted above`,
    )
  say(`${measured.repeats} of ${options.repeats} repeats; others kept ${measured.others.toFixed(2)} processors busy`)
  for (const finding of measured.findings) say(`finding: ${finding}`)
  for (const { name, search, k6WasTheLimit, options: searched } of rates) {
    const unfound = describeUnfound(search, searched)
    say(
      `${name}: /v1/recommend held ${search.held ?? "-"}/s with p99 <= ${slo.breakpoint.p99Ms} ms (${search.probes} rates tried)`,
    )
    if (unfound !== null) say(`finding: ${name}: ${unfound}`)
    if (k6WasTheLimit) say(`finding: ${name}: k6 used more of the machine than what it asked`)
  }
  say(`load average at the end ${loadavg()[0]!.toFixed(2)}; took ${Math.round(secondsGone())} s`)
  const heldBy = (name: string) => rates.find((rate) => rate.name === name)?.search.held ?? null
  const [held, heldBefore] = [heldBy("new"), heldBy("old")]
  const rateRatio = held === null || heldBefore === null ? null : held / heldBefore
  const { bare: __, ...product } = byRoute
  process.stdout.write(`${jsonLine(options.against ?? null, product, rateRatio, noise)}\n`)
}

const options = parseOptions(process.argv.slice(2))
if (options === "help") {
  process.stdout.write(`${help}\n`)
} else {
  const { closing, close } = closeOnExit()
  try {
    await run(options, closing)
  } finally {
    await close()
    if (options.profile !== undefined) sayProfiles(options.profile)
  }
}

function sayProfiles(folder: string): void {
  for (const name of ["old", "new"]) {
    try {
      const lines = ownTimes(join(folder, name), 30)
      say(`where ${name} spent its time:`)
      for (const line of lines) say(line)
    } catch {}
  }
}
