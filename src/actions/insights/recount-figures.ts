import { armAt, quarterOf } from "../../core/decision/arm.ts"
import { customerFacts } from "../../core/insight/customer-facts.ts"
import { type CountedCustomer, cellChanges, cellsOf, type FigureArm } from "../../core/insight/figure-cells.ts"
import { type Goal, goalsWith } from "../../core/insight/goal.ts"
import { dayMs } from "../../core/time/durations.ts"
import type { Services } from "../../services.ts"
import { armUniform } from "../../store/customers/arm-uniform.ts"
import type { FigureSource } from "../../store/insights/figures.ts"

type Tools = Pick<Services, "store" | "config" | "clock">

const customersAtOnce = 200
const enrolledAtOnce = 1000
/** Changes of one day that are left one by one. */
const leastCompacted = 5000

/**
 * Counts customers whose figures wait, until none does or `isStopped`: each anew from their own events and offers, so that figures are the
 * same whatever came late, twice, or with another customer. All customers are counted when a quarter or a goal begins.
 */
export async function recountFigures(services: Tools, isStopped: () => boolean = () => false): Promise<number> {
  const { store, clock, config } = services
  const stored = await store.figures.goals()
  const goals = goalsWith(stored)
  const nowMs = clock()
  const quarter = quarterOf(nowMs)
  const goalsChangedAt = Math.max(0, ...stored.map(({ updatedAt }) => updatedAt))
  const enrolment = `${quarter.name}/${goalsChangedAt}`
  const recordedDay = Math.floor(nowMs / dayMs)
  const horizonDay = recordedDay - config.lifetimes.events
  const enrol = async () => (await store.figures.enrol(enrolment, enrolledAtOnce, nowMs)).done
  let isEnrolled = await enrol()
  const startDay = Math.floor((await store.figures.startedAt())! / dayMs)
  let counted = 0
  while (!isStopped()) {
    const some = await store.figures.recount(customersAtOnce, {
      recordedDay,
      count: (source, before) => countOf(services, goals, quarter.name, source, { before, horizonDay }),
      changes: (before, now) => {
        const cellsOfAll = (all: readonly CountedCustomer[]) => all.flatMap((one) => cellsOf(one, goals, startDay))
        return cellChanges(cellsOfAll(before), cellsOfAll(now))
      },
    })
    counted += some
    if (some === 0 && isEnrolled) break
    if (!isEnrolled) isEnrolled = await enrol()
  }
  await store.figures.compact(leastCompacted)
  return counted
}

function countOf(
  { config }: Pick<Services, "config">,
  goals: readonly Goal[],
  quarter: string,
  { customerId, events, offers, joined }: FigureSource,
  { before, horizonDay }: { before: CountedCustomer | null; horizonDay: number },
): CountedCustomer {
  const armOf = (id: string) => armAt(armUniform(id, quarter), config.armShares)
  const own = armOf(customerId)
  const isCrossed = joined.some((one) => quarterOf(one.at).name === quarter && armOf(one.customerId) !== own)
  const arm: FigureArm = isCrossed ? "crossed" : own
  // Events older than their lifetime are gone: what they added stays.
  const kept = before?.facts.filter(({ day }) => day < horizonDay) ?? []
  const facts = customerFacts(events, offers, goals).filter(({ day }) => day >= horizonDay)
  return { facts: [...kept, ...facts], arms: { ...before?.arms, [quarter]: arm } }
}
