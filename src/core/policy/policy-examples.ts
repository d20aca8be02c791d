import { story } from "../schema/example-story.ts"
import { policyDraftExample, policyDraftSchema } from "./policy.ts"

export const policyVersionExample = {
  placement: "home-hero",
  version: "home-hero-1",
  createdAt: "2026-03-01T14:00:00.000Z",
  policy: policyDraftSchema.parse(policyDraftExample),
}

export const dryRunExample = {
  decisions: 500,
  changed: 12,
  meanShift: 0.031,
  kinds: [{ from: "promotion", to: "recommendation", decisions: 12 }],
  drops: [{ stage: "suitability", rule: "adults", options: 31 }],
  reinstated: 0,
  examples: [{ decisionId: story.decisionId, was: `promotion-${story.itemId}`, wouldBe: "recommendation-for-you" }],
  notReevaluated: ["contact policy and budgets stay as logged"],
}
