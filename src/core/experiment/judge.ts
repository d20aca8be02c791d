import type { ExperimentDraft } from "./experiment-schema.ts"
import type { ExperimentComparison, MetricResult, Verdict } from "./results-schema.ts"

interface Judged {
  design: Pick<ExperimentDraft, "stopping">
  metrics: readonly MetricResult[]
  isRatioBroken: boolean
}

interface Interval {
  low: number
  high: number
}

/**
 * Applies the stopping rule that was stated before the start. Guardrails are read always-valid whatever the rule, since harm may not
 * wait for an end; a goal with a fixed horizon is read once all planned customers have had their window.
 */
export function judge({ design, metrics, isRatioBroken }: Judged): Verdict {
  if (isRatioBroken)
    return verdict(
      "sampleRatioBroken",
      true,
      null,
      "Customers are not shared out as stated: find out why, and start anew.",
    )
  for (const metric of metrics.filter(({ role }) => role === "guardrail")) {
    const harmed = metric.comparisons.find((one) => sideOf(one, metric) === "unwanted")
    if (harmed !== undefined)
      return verdict("guardrailHarmed", true, harmed.arm, `${harmed.arm} makes ${metric.id} worse: stop it.`)
  }
  const goal = metrics.find(({ role }) => role === "goal")!
  const read = goal.arms.reduce((sum, { customers }) => sum + customers, 0)
  const { reading, plannedCustomers } = design.stopping
  const isOver = read >= plannedCustomers
  if (reading === "fixedHorizon" && !isOver)
    return verdict(
      "notYet",
      false,
      null,
      `The rule is to read once, with ${plannedCustomers} customers; there are ${read}.`,
    )
  const intervalOf = (one: ExperimentComparison): Interval => (reading === "fixedHorizon" ? one.fixedHorizon : one)
  const name = reading === "fixedHorizon" ? "interval at the planned end" : "always-valid interval"
  const sides = goal.comparisons.map((one) => ({ arm: one.arm, side: sideOf(intervalOf(one), goal) }))
  const reached = sides.find(({ side }) => side === "wanted")
  if (reached !== undefined) {
    const text = `${reached.arm} moves ${goal.id} as wanted: the ${name} leaves no effect out. You may stop.`
    return verdict("goalReached", true, reached.arm, text)
  }
  const harmed = sides.find(({ side }) => side === "unwanted")
  if (harmed !== undefined && sides.every(({ side }) => side === "unwanted")) {
    const text = `${harmed.arm} moves ${goal.id} the wrong way: the ${name} leaves no effect out. You may stop.`
    return verdict("goalHarmed", true, harmed.arm, text)
  }
  if (isOver) {
    const text =
      "All planned customers were read, and no effect was found. You may stop; it may be smaller than detectable."
    return verdict("plannedEndReached", true, null, text)
  }
  return verdict(
    "notYet",
    false,
    null,
    goal.missing === null ? "No effect is certain yet." : `Not yet: ${goal.missing}.`,
  )
}

const verdict = (code: Verdict["code"], mayStop: boolean, arm: string | null, text: string): Verdict => ({
  code,
  mayStop,
  arm,
  text,
})

function sideOf(
  { low, high }: Interval,
  { direction }: Pick<MetricResult, "direction">,
): "wanted" | "unwanted" | "open" {
  if (low <= 0 && high >= 0) return "open"
  return low > 0 === (direction === "increase") ? "wanted" : "unwanted"
}
