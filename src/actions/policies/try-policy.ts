import { chosenOption } from "../../core/decision/runner-up.ts"
import type { DecisionTrace } from "../../core/decision/trace.ts"
import type { Policy, PolicyDraft } from "../../core/policy/policy.ts"
import { policyInZone } from "../../core/policy/policy-in-zone.ts"
import { createSampleTally } from "../../core/policy/policy-sample.ts"
import type { DryRun, SampleRequest } from "../../core/policy/policy-schema.ts"
import type { Channel } from "../../core/schema/channel.ts"
import type { Services } from "../../services.ts"
import { createYielder } from "../../store/database/yielder.ts"
import { prepareDecision } from "../decisions/prepare-decision.ts"

const customersARead = 50

/**
 * Decides for some customers under the policy in force and under a draft, with the same uniform number each, and counts the differences.
 * Records nothing, so it needs no decision to have been made.
 */
export async function tryPolicy(
  services: Services,
  placement: string,
  draft: PolicyDraft,
  { customers: most, channel: asked }: SampleRequest,
): Promise<NonNullable<DryRun["sample"]>> {
  const { store, policies, settings } = services
  const inForce = policies.of(placement)
  // The version is part of the seed of a draw.
  const drafted = policyInZone({ ...draft, version: inForce.version, placement }, settings.current().timeZone)
  const channel = asked ?? (await usualChannel(services, placement, draft))
  const tally = createSampleTally()
  const yieldIfDue = createYielder()
  for (let after: string | null = null; tally.customers() < most; ) {
    const page: { customerId: string }[] = await store.plans.customers(
      after,
      Math.min(customersARead, most - tally.customers()),
    )
    for (const { customerId } of page) {
      await yieldIfDue()
      const customer = await store.customers.read({ customerId })
      const attempt = { decisionId: services.newId(), attempt: 0, refused: [] }
      const traceUnder = (policy: Policy) => {
        const asIf = { ...services, policies: { ...policies, of: () => policy } }
        return prepareDecision(asIf, customer, { verb: "decide", placement, channel }, attempt).answer.trace
      }
      tally.add(outcomeOf(traceUnder(inForce)), outcomeOf(traceUnder(drafted)))
    }
    after = page.at(-1)?.customerId ?? null
    if (after === null) break
  }
  return { channel, ...tally.report() }
}

const outcomeOf = (trace: DecisionTrace) => ({ chosen: chosenOption(trace), dropped: trace.dropped })

/** Returns the channel that a placement was last asked for, else the first of the policy. */
async function usualChannel(
  { store }: Pick<Services, "store">,
  placement: string,
  { channels }: PolicyDraft,
): Promise<Channel> {
  const [latest] = await store.decisions.latest(placement, 1)
  return latest?.decision.channel ?? channels?.[0] ?? "web"
}
