import { type ExperimentMetric, mostWindowDays } from "../../core/experiment/experiment-schema.ts"
import { judge } from "../../core/experiment/judge.ts"
import { addOutcome, type EventSum, type MetricSums, noSums } from "../../core/experiment/metric-sums.ts"
import { readMetric } from "../../core/experiment/read-metric.ts"
import type { ExperimentResults } from "../../core/experiment/results-schema.ts"
import { sampleRatioLevel, testSampleRatio } from "../../core/experiment/sample-ratio.ts"
import { dayMs } from "../../core/time/durations.ts"
import type { Services } from "../../services.ts"
import { customerUniform } from "../../store/customers/arm-uniform.ts"
import { createYielder } from "../../store/database/yielder.ts"
import type { ExposedCustomer, OutcomeRow, StoredExperiment } from "../../store/experiments/experiments.ts"
import { experimentReply, noExperiment } from "./read-experiments.ts"

type Tools = Pick<Services, "store" | "clock" | "settings">

const customersARead = 2000

/** Reads an experiment's arms, comparisons and verdict as of now; throws `notFound`. */
export async function readResults(services: Tools, id: string): Promise<ExperimentResults> {
  const { store, clock } = services
  const experiment = await store.experiments.read(id)
  if (experiment === null) throw noExperiment(id)
  const { design } = experiment
  const nowMs = clock()
  const metrics = [design.goal, ...design.guardrails].map((metric) => ({ sums: noSums(metric, design), waiting: 0 }))
  const exposed = new Map(design.arms.map(({ id: arm }) => [arm, 0]))
  let crossed = 0
  const yieldIfDue = createYielder()
  for (let after: string | null = null; ; ) {
    const page = await store.experiments.exposed(experiment, { after, limit: customersARead })
    const own = page.filter(({ arm, arms }) => arms === 1 && exposed.has(arm))
    crossed += page.length - own.length
    for (const { arm } of own) exposed.set(arm, exposed.get(arm)! + 1)
    for (const metric of metrics) {
      await yieldIfDue()
      const read = own.filter(({ at }) => at + metric.sums.metric.windowDays * dayMs <= nowMs)
      metric.waiting += own.length - read.length
      await addOutcomes(services, metric.sums, experiment, read)
    }
    if (page.length < customersARead) break
    after = page.at(-1)!.customerId
  }
  const counts = design.arms.map(({ id: arm }) => exposed.get(arm)!)
  const { pValue, alwaysValidPValue } = testSampleRatio(
    counts,
    design.arms.map(({ share }) => share),
  )
  const isBroken = alwaysValidPValue < sampleRatioLevel
  const read = metrics.map(({ sums, waiting }, n) => readMetric(sums, design, n === 0 ? "goal" : "guardrail", waiting))
  return {
    ...experimentReply(experiment),
    readAt: new Date(nowMs).toISOString(),
    customers: design.arms.map(({ id: arm }, n) => ({ arm, exposed: counts[n]! })),
    crossed,
    sampleRatio: { pValue, alwaysValidPValue, isBroken },
    metrics: read,
    verdict: judge({ design, metrics: read, isRatioBroken: isBroken }),
  }
}

async function addOutcomes(
  { store, settings }: Tools,
  sums: MetricSums,
  { id }: StoredExperiment,
  customers: readonly ExposedCustomer[],
): Promise<void> {
  if (customers.length === 0) return
  const { metric } = sums
  const { currency } = settings.current()
  const asked = customers.map(({ customerId, at }) => ({ customerId, since: at }))
  const outcomesOf = async (event: string) => {
    const span = { beforeMs: mostWindowDays * dayMs, afterMs: windowMs(metric) }
    const rows = await store.experiments.outcomes({ event, ...span, currency, customers: asked })
    return new Map(rows.map((row) => [row.customerId, row]))
  }
  const main = await outcomesOf(metric.event)
  const per = metric.per === undefined ? new Map<string, OutcomeRow>() : await outcomesOf(metric.per)
  for (const { customerId, arm, orders } of customers) {
    const row = main.get(customerId)
    addOutcome(sums, {
      arm,
      uniform: customerUniform(customerId, `groups/${id}`),
      before: row === undefined ? none : { events: row.eventsBefore, value: row.valueBefore },
      after: afterOf(row),
      per: afterOf(per.get(customerId)),
      orders,
    })
  }
}

const windowMs = ({ windowDays }: ExperimentMetric) => windowDays * dayMs
const none: EventSum = { events: 0, value: 0 }
const afterOf = (row: OutcomeRow | undefined): EventSum =>
  row === undefined ? none : { events: row.eventsAfter, value: row.valueAfter }
