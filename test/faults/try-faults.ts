import { setTimeout as sleep } from "node:timers/promises"
import { countLosses, type Losses } from "../../load-tests/run/sick/count-losses.ts"
import { faults } from "../../load-tests/run/sick/faults/faults.ts"
import { diskFull } from "../../load-tests/run/sick/faults/server-faults.ts"
import { openFaultyService } from "../../load-tests/run/sick/open-faulty-service.ts"
import { tableOf } from "../../load-tests/run/sick/report.ts"
import { type FaultRun, figuresByFault, runFault } from "../../load-tests/run/sick/run-fault.ts"
import { expectedFaults } from "./expected-faults.ts"

interface Trial {
  seconds: number
  say: (line: string) => void
  closing: (() => unknown)[]
}

const shop = { customers: 200, items: 200 }
const rate = 40
const betweenMs = 1000
/** Share of questions refused for want of processors that is no breach, so that a busy machine may run this. */
const tolerated = 0.03
const acknowledgeWithinMs = 60_000

/** Makes every fault once under load; returns the breaches of what is expected and what was lost. */
export async function tryFaults({ seconds, say, closing }: Trial): Promise<{ breaches: string[]; losses: Losses }> {
  const { world, load, canFillDisks } = await openFaultyService({ ...shop, rate, keep: false, say, closing })
  const runs: FaultRun[] = []
  for (const fault of faults) {
    if (fault === diskFull && !canFillDisks) say(`${fault.name}: not tried, as only root may mount a disk to fill`)
    else {
      await sleep(betweenMs)
      runs.push(await runFault(fault, 0, { world, load, seconds, say }))
    }
  }
  await load.stop(acknowledgeWithinMs)
  const { database } = world
  const losses = await countLosses(database.urlAt(database.primary()), load.acknowledged)
  for (const line of [...losses.details, ...tableOf(figuresByFault(runs, []))]) say(line)
  const waiting = load.waiting()
  return {
    breaches: [...runs.flatMap(breachesOf), ...(waiting > 0 ? [`${waiting} events were never acknowledged`] : [])],
    losses,
  }
}

function breachesOf({ name, figures, seen, acknowledgedEvents }: FaultRun): string[] {
  const { reasons, refusesEvents } = expectedFaults[name]!
  const told = seen.map(({ said }) => said.join(" "))
  return [
    ...(figures.questions5xx > tolerated ? [`${figures.questions5xx} of the questions had no answer`] : []),
    ...(figures.recoverSeconds === null ? ["answers did not become normal again"] : []),
    ...(refusesEvents && acknowledgedEvents > 0 ? [`${acknowledgedEvents} events were acknowledged`] : []),
    ...(reasons.length > 0 && !told.every((text) => reasons.some((reason) => text.includes(reason)))
      ? [`/health told ${told.join(" and ") || "nothing"} rather than ${reasons.join(" or ")}`]
      : []),
  ].map((breach) => `${name}: ${breach}`)
}
