import { cpus, loadavg } from "node:os"
import { setTimeout as sleep } from "node:timers/promises"
import { judgeAlerts, judgeHours } from "../../../test/alerts/judge-alerts.ts"
import { plantedHours } from "../../../test/alerts/planted-series.ts"
import { closeOnExit } from "../close-on-exit.ts"
import { countLosses } from "./count-losses.ts"
import { faults } from "./faults/faults.ts"
import { diskFull } from "./faults/server-faults.ts"
import { worst } from "./judge.ts"
import { type FaultyService, openFaultyService } from "./open-faulty-service.ts"
import { help, type Options, parseOptions } from "./options.ts"
import { jsonLine, tableOf } from "./report.ts"
import { restartInTurn } from "./restart-in-turn.ts"
import { measureRollover } from "./rollover.ts"
import { type FaultRun, figuresByFault, runFault } from "./run-fault.ts"
import { scrapeCompleteness } from "./scrape-completeness.ts"
import { whileRecording } from "./while-recording.ts"

const say = (line: string) => void process.stderr.write(`${line}\n`)
const acknowledgeWithinMs = 60_000
const betweenMs = 2000

async function runFaults(service: FaultyService, options: Options): Promise<FaultRun[]> {
  const { rounds, first, seconds, only, record } = options
  const { world, load, canFillDisks } = service
  const possible = faults.filter(({ name }) => name !== diskFull.name || canFillDisks)
  if (!canFillDisks) say(`${diskFull.name}: not measured, as only root may mount a disk to fill`)
  const runs: FaultRun[] = []
  for (let round = first; round < first + rounds; round++)
    for (const fault of possible.filter(({ name }) => only.includes(name))) {
      const run = async () => {
        await sleep(betweenMs)
        const done = await runFault(fault, round, { world, load, seconds, say })
        runs.push(done)
        return done.period
      }
      if (record === undefined || round > first) await run()
      else await whileRecording({ folder: record, name: fault.name, replicas: world.replicas }, run)
    }
  return runs
}

/** Returns the share of the recorded faults and planted hours over which the alerts fire as they should. */
function measureAlerts(): number {
  const judged = [...judgeAlerts(), ...judgeHours(plantedHours)]
  for (const { name, isRight, said } of judged) if (!isRight) say(`alerts of ${name}: ${said}`)
  return judged.filter(({ isRight }) => isRight).length / judged.length
}

async function measure(options: Options, closing: (() => unknown)[]): Promise<string> {
  const measures = (part: string) => options.only.includes(part)
  const alertsRight = measures("alerts") ? measureAlerts() : null
  const service = await openFaultyService({ ...options, say, closing })
  const { world, balancer, load, another, readKey } = service
  const { database, replicas } = world
  const runs = await runFaults(service, options)
  const drainLost = measures("drain")
    ? await restartInTurn({ replicas, balancer, load, restarts: options.restarts, say })
    : null
  await load.stop(acknowledgeWithinMs)
  const scrapeComplete = measures("scrape")
    ? await scrapeCompleteness(await another("several", { PROCESSES: "4" }), readKey)
    : null
  if (load.waiting() > 0) say(`${load.waiting()} messages were never acknowledged`)
  const rollover = measures("rollover") ? await measureRollover({ ...options, say, closing }) : null
  const losses = await countLosses(database.urlAt(database.primary()), load.acknowledged)
  for (const line of losses.details) say(line)
  const { events, decisions } = load.acknowledged
  say(`${events.size} events and ${decisions.size} decisions acknowledged, ${load.answers.length} requests`)
  const byFault = figuresByFault(
    runs,
    losses.lostIds.map((id) => (events.get(id) ?? decisions.get(id))!),
  )
  const all = Object.values(byFault)
  for (const line of tableOf(byFault)) say(line)
  const others = { drainLost, scrapeComplete, alertsRight, rollover }
  for (const [name, value] of Object.entries(others)) say(`${name}: ${value ?? "not measured"}`)
  return jsonLine({
    questions5xx: worst(all.map(({ questions5xx }) => questions5xx)),
    lost: losses.lost,
    doubled: losses.doubled,
    recoverSeconds: worst(all.map(({ recoverSeconds }) => recoverSeconds)),
    silentSeconds: worst(all.flatMap(({ silentSeconds }) => (silentSeconds === undefined ? [] : [silentSeconds]))),
    ...others,
    faults: byFault,
  })
}

const options = parseOptions(process.argv.slice(2))
if (options === "help") process.stdout.write(`${help}\n`)
else {
  say(
    `${cpus()[0]?.model}, ${cpus().length} cores for everything, load ${loadavg()[0]!.toFixed(1)}; Node ${process.version}; ` +
      `${options.rate} requests a second, faults of ${options.seconds} s, ${options.rounds} rounds`,
  )
  const { closing, close } = closeOnExit()
  try {
    const line = await measure(options, closing)
    process.stdout.write(`${line}\n`)
  } finally {
    await close()
  }
}
