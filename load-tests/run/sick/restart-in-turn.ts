import { setTimeout as sleep } from "node:timers/promises"
import type { Balancer } from "./balancer.ts"
import { type FaultPeriod, outcomesOf } from "./judge.ts"
import type { Replica } from "./replica.ts"
import type { Load } from "./start-load.ts"

interface RollingRestart {
  replicas: readonly Replica[]
  balancer: Balancer
  load: Load
  restarts: number
  say: (line: string) => void
}

const restMs = 500
const lookEveryMs = 50

/** Stops and starts the replicas in turn, each once the balancer sends to the one before; returns how many requests failed meanwhile. */
export async function restartInTurn({ replicas, balancer, load, restarts, say }: RollingRestart): Promise<number> {
  const from = Date.now()
  const stopSeconds: number[] = []
  for (let n = 0; n < restarts; n++) {
    const replica = replicas[n % replicas.length]!
    stopSeconds.push(await replica.stop())
    await replica.start()
    while (!balancer.sendsTo(replica.url)) await sleep(lookEveryMs)
    await sleep(restMs)
  }
  const period: FaultPeriod = { from, to: Date.now() }
  while (load.answeredUntil() < period.to) await sleep(lookEveryMs)
  const failed = load.answers.filter(
    ({ sentAt, status }) => sentAt >= from && sentAt < period.to && !(status >= 200 && status < 300),
  )
  say(
    `${restarts} restarts in turn: ${failed.length} requests failed; stopping took at most ${Math.max(...stopSeconds).toFixed(1)} s`,
  )
  say(`  ${JSON.stringify(outcomesOf(load.answers, period))}`)
  return failed.length
}
