import type { z } from "zod"
import { hourOf } from "../time/quiet-hours.ts"

interface Draft {
  rewardBounds: { low: number; high: number }
  eligibility: readonly { id: string }[]
  applicability: readonly { id: string }[]
  suitability: readonly { id: string }[]
  context: readonly { id: string }[]
  levers: readonly { id: string }[]
  triggers: readonly { id: string }[]
  scheduledPlans: readonly { id: string }[]
  contact: {
    caps: readonly { id: string }[]
    pauses: readonly { id: string }[]
    quietHours: { from: string; to: string } | null
  }
}

type Path = (string | number)[]

/** Finds what is well formed by itself and cannot work together; each fault with its place. */
export function checkPolicy(draft: Draft, context: z.core.$RefinementCtx): void {
  const fault = (path: Path, message: string) => context.addIssue({ code: "custom", path, message, input: draft })
  if (draft.rewardBounds.low >= draft.rewardBounds.high) fault(["rewardBounds", "low"], "must be below high")
  if (draft.rewardBounds.low > 0 || draft.rewardBounds.high < 0) {
    fault(["rewardBounds"], "must include 0, the score of nothing")
  }
  const lists: [Path, readonly { id: string }[]][] = [
    [["eligibility"], draft.eligibility],
    [["applicability"], draft.applicability],
    [["suitability"], draft.suitability],
    [["context"], draft.context],
    [["levers"], draft.levers],
    [["triggers"], draft.triggers],
    [["scheduledPlans"], draft.scheduledPlans],
    [["contact", "caps"], draft.contact.caps],
    [["contact", "pauses"], draft.contact.pauses],
  ]
  for (const [path, list] of lists) {
    list.forEach(({ id }, n) => {
      const first = list.findIndex((other) => other.id === id)
      if (first < n) fault([...path, n, "id"], `is also the id of entry ${first}; ids in a list must differ`)
    })
  }
  const { quietHours } = draft.contact
  if (quietHours && hourOf(quietHours.from) === hourOf(quietHours.to)) {
    fault(["contact", "quietHours", "to"], "must differ from `from`: the whole day would be quiet")
  }
}
