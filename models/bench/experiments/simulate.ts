import { withThreads } from "../../workers/thread.ts"
import { type Cell, type CellResult, days, metrics } from "./simulate-cell.ts"
import { task } from "./simulate-task.ts"

const dailies = [100, 1_000, 5_000]
const smallShares = [0.5, 0.1, 0.02]
/** No effect, 20 % more events, and twice as many. */
const lifts = [1, 1.2, 2]

export interface SimulatedCell extends Cell, CellResult {}

export interface SimulateOptions {
  experiments: number
  seed: number
  threads: number
  onCell?: (cell: SimulatedCell) => void
}

/** Simulates every metric, share, lift and rate of customers; with a lift, either arm is the small one. */
export async function simulateAll({ experiments, seed, threads, onCell }: SimulateOptions): Promise<SimulatedCell[]> {
  const waiting: Cell[] = lifts.flatMap((lift) =>
    [...new Set(lift === 1 ? smallShares : smallShares.flatMap((share) => [share, 1 - share]))].flatMap((share) =>
      metrics.flatMap((_, metric) => dailies.map((daily) => ({ metric, share, daily, lift, experiments, seed }))),
    ),
  )
  const done: SimulatedCell[] = []
  const starts = Array.from({ length: threads }, () => null)
  await withThreads(task, starts, (workers) =>
    Promise.all(
      workers.map(async (worker) => {
        for (let cell = waiting.pop(); cell !== undefined; cell = waiting.pop()) {
          const simulated = { ...cell, ...(await worker.run(cell)) }
          done.push(simulated)
          onCell?.(simulated)
        }
      }),
    ),
  )
  return done
}

/** Returns the events that the arm with fewer is expected to have at the end. */
export function expectedEvents({ metric, share, daily, lift }: Cell): number {
  const { rate } = metrics[metric]!
  return days * daily * Math.min((1 - share) * rate(1), share * rate(lift))
}

/** Describes a cell in a line. */
export function describeCell(cell: SimulatedCell): string {
  const { metric, share, daily, lift, experiments, started, everStopped, everMissed, covered, ended } = cell
  const of = (count: number) => (count / experiments).toFixed(4)
  const shares = `${Math.round((1 - share) * 100)}:${Math.round(share * 100)}`
  return (
    `${metrics[metric]!.name}, ${shares}, ${daily} a day, effect × ${lift}: started ${of(started)}, ever outside ${of(everStopped)}, ` +
    `truth ever missed ${of(everMissed)}, fixed horizon covers ${ended === 0 ? "nothing" : (covered / ended).toFixed(4)}`
  )
}
