import { z } from "zod"
import { channels } from "../schema/channel.ts"

const count = z.number().int()
const shown = 20

export const policySampleSchema = z
  .object({
    channel: z.enum(channels),
    customers: count.meta({ description: "Customers decided for under both policies, with the same random number." }),
    changed: count.meta({ description: "Customers who would be made another offer, or none." }),
    nothing: z.object({ was: count, wouldBe: count }).meta({
      description: "Customers who are offered nothing under the policy in force, and under the draft.",
    }),
    changes: z
      .array(z.object({ was: z.string(), wouldBe: z.string(), customers: count }))
      .meta({ description: "Offers before and after, the most frequent change first; at most 20." }),
    drops: z.array(z.object({ stage: z.string(), rule: z.string(), was: count, wouldBe: count })).meta({
      description: "Customers for whom a rule drops an offer, under the policy in force and under the draft.",
    }),
  })
  .meta({ id: "PolicySample" })

type PolicySample = z.infer<typeof policySampleSchema>

/** One decision of a sample: the option that its draw fell on, and the candidates that were dropped. */
export interface SampledDecision {
  chosen: { offerId: string | null; itemId?: string | undefined }
  dropped: readonly { stage: string; rule: string }[]
}

/** Returns a count of the decisions of a sample under the policy in force and under a draft. */
export function createSampleTally() {
  const changes = new Map<string, PolicySample["changes"][number]>()
  const drops = new Map<string, PolicySample["drops"][number]>()
  const nothing = { was: 0, wouldBe: 0 }
  let [customers, changed] = [0, 0]
  const countDrops = (dropped: SampledDecision["dropped"], when: "was" | "wouldBe") => {
    const rules = new Map(dropped.map(({ stage, rule }) => [`${stage} ${rule}`, { stage, rule }]))
    for (const [key, named] of rules) {
      const counted = drops.get(key) ?? { ...named, was: 0, wouldBe: 0 }
      counted[when]++
      drops.set(key, counted)
    }
  }
  return {
    customers: () => customers,
    add(inForce: SampledDecision, drafted: SampledDecision): void {
      customers++
      countDrops(inForce.dropped, "was")
      countDrops(drafted.dropped, "wouldBe")
      if (inForce.chosen.offerId === null) nothing.was++
      if (drafted.chosen.offerId === null) nothing.wouldBe++
      const [was, wouldBe] = [nameOf(inForce.chosen), nameOf(drafted.chosen)]
      if (was === wouldBe) return
      changed++
      const key = JSON.stringify([was, wouldBe])
      const counted = changes.get(key) ?? { was, wouldBe, customers: 0 }
      counted.customers++
      changes.set(key, counted)
    },
    report: (): Omit<PolicySample, "channel"> => ({
      customers,
      changed,
      nothing: { ...nothing },
      changes: [...changes.values()].sort((a, b) => b.customers - a.customers).slice(0, shown),
      drops: [...drops.values()].sort(
        (a, b) => Math.abs(b.wouldBe - b.was) - Math.abs(a.wouldBe - a.was) || b.wouldBe - a.wouldBe,
      ),
    }),
  }
}

const nameOf = ({ offerId, itemId }: SampledDecision["chosen"]) =>
  offerId === null ? "nothing" : itemId === undefined ? offerId : `${offerId} (${itemId})`
