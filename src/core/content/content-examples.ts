import { offerViewExample, rankedItemExample } from "../decision/decision-examples.ts"
import { story } from "../schema/example-story.ts"

export const contentExample = {
  placement: "weekly-email",
  campaign: "spring",
  slot: "1",
  decisionId: story.contentDecisionId,
  kind: "promotion",
  offer: {
    ...offerViewExample,
    link: "https://personal.shop.example/v1/c/WyIwMTk4YzBkZSJd.LrreN_839pSrmwk43Emg5tWYK8pl",
  },
  items: [],
  modelVersion: story.releaseId,
  untrained: false,
  fallback: false,
}

export const feedExample = {
  placement: "weekly-email",
  modelVersion: story.releaseId,
  untrained: false,
  items: [{ ...rankedItemExample, score: 0.0179 }],
}
