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
  sample: {
    channel: "web" as const,
    customers: 100,
    changed: 9,
    nothing: { was: 21, wouldBe: 24 },
    changes: [{ was: `promotion-${story.itemId} (${story.itemId})`, wouldBe: "nothing", customers: 9 }],
    drops: [{ stage: "suitability", rule: "adults", was: 0, wouldBe: 31 }],
  },
  notReevaluated: ["contact policy and budgets stay as logged"],
}
