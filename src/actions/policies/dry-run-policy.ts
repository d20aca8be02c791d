import { reevaluateDecision } from "../../core/decision/reevaluate-decision.ts"
import { decisionTraceSchema, keyOfOption } from "../../core/decision/trace.ts"
import { draw } from "../../core/measure/draw.ts"
import type { PolicyDraft } from "../../core/policy/policy.ts"
import type { DryRun } from "../../core/policy/policy-schema.ts"
import type { Services } from "../../services.ts"
import { createYielder } from "../../store/database/yielder.ts"

const examplesShown = 10

/** Reevaluates the latest logged decisions of a placement under a policy, with the same uniform numbers. */
export async function dryRunPolicy(
  services: Services,
  placement: string,
  draft: PolicyDraft,
  limit: number,
): Promise<Omit<DryRun, "sample">> {
  const logged = await services.store.decisions.latest(placement, limit)
  const { offers, items } = services.catalogue.current()
  const policy = { version: "dry-run", placement, ...draft }
  const kinds = new Map<string, { from: string; to: string; decisions: number }>()
  const drops = new Map<string, { stage: string; rule: string; options: number }>()
  const examples: DryRun["examples"] = []
  let [decisions, changed, shift, reinstated] = [0, 0, 0, 0]
  const yieldIfDue = createYielder()
  for (const { decision, customer } of logged) {
    await yieldIfDue()
    const trace = decisionTraceSchema.safeParse(decision.trace)
    if (!trace.success || decision.channel === null || trace.data.arm?.name === "holdout") continue
    const { at, channel, kind } = decision
    const again = reevaluateDecision({ at, placement, channel, trace: trace.data, customer }, policy, offers, items)
    decisions++
    reinstated += again.reinstated
    for (const { drop } of again.options) {
      if (drop === null) continue
      const key = `${drop.stage} ${drop.rule}`
      const counted = drops.get(key) ?? { stage: drop.stage, rule: drop.rule, options: 0 }
      drops.set(key, { ...counted, options: counted.options + 1 })
    }
    const before = trace.data.options
    shift += again.options.reduce(
      (sum, { probability }, n) => sum + Math.max(0, probability - before[n]!.probability),
      0,
    )
    const was =
      before[
        draw(
          before.map(({ probability }) => probability),
          trace.data.uniform,
        )
      ]!
    const chances = again.options.map(({ probability }) => probability)
    const isSilent = chances.every((chance) => chance === 0)
    const wouldBe = isSilent ? null : again.options[draw(chances, trace.data.uniform)]!.option
    const to = wouldBe?.kind ?? "nothing"
    const isSame = (wouldBe === null ? "" : keyOfOption(wouldBe)) === keyOfOption(was)
    if (isSame) continue
    changed++
    const from = kind ?? was.kind
    const key = `${from} ${to}`
    const counted = kinds.get(key) ?? { from, to, decisions: 0 }
    kinds.set(key, { ...counted, decisions: counted.decisions + 1 })
    if (examples.length < examplesShown) {
      examples.push({ decisionId: decision.id, was: was.offerId ?? "nothing", wouldBe: wouldBe?.offerId ?? "nothing" })
    }
  }
  return {
    decisions,
    changed,
    meanShift: decisions === 0 ? 0 : shift / decisions,
    kinds: [...kinds.values()].sort((a, b) => b.decisions - a.decisions),
    drops: [...drops.values()].sort((a, b) => b.options - a.options),
    reinstated,
    examples,
    notReevaluated: [
      "contact policy and budgets stay as logged",
      "rules on traits see customers as they are known now",
    ],
  }
}
