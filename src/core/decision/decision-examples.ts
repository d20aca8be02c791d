import { itemExample, itemViewExample, offerExample } from "../catalogue/catalogue-examples.ts"
import { story } from "../schema/example-story.ts"
import { nothingTerms } from "./trace.ts"

const { customerId, decisionId, decidedAt, expiresAt, releaseId } = story

const becauseYouBought = {
  code: "becauseYouBought",
  itemId: "sku-0182",
  share: 0.46,
  text: "Because you bought Rosmare Warm Jasmine Body Butter 200 ml",
}

export const rankedItemExample = { id: itemExample.id, rank: 1, score: 0.00969, item: itemViewExample }

export const recommendAnswerExample = {
  decisionId: story.recommendationId,
  customerId,
  coldStart: false,
  degraded: false,
  modelVersion: releaseId,
  untrained: false,
  recipe: "discover",
  items: [{ ...rankedItemExample, reasons: [becauseYouBought] }],
  hasMore: true,
}

const { decisionId: listId, recipe, items, hasMore, ...pageFacts } = recommendAnswerExample

export const pageAnswerExample = {
  ...pageFacts,
  lists: [{ placement: "home", decisionId: listId, recipe, items, hasMore }],
}

export const similarAnswerExample = {
  modelVersion: releaseId,
  untrained: false,
  recipe: "complements",
  items: [
    {
      ...rankedItemExample,
      score: 1,
      reasons: [{ code: "similar", itemId: "sku-0100", text: "Goes with Alvenna Radiant Jasmine Concealer 5 ml" }],
    },
  ],
}

export const offerViewExample = {
  id: offerExample.id,
  title: offerExample.title,
  content: offerExample.content,
  contentType: "text",
  discount: offerExample.discount,
  itemId: itemExample.id,
  item: { ...itemViewExample, discountedPrice: 20.66 },
}

export const decideAnswerExample = {
  decisionId,
  kind: offerExample.kind,
  offer: offerViewExample,
  propensity: 0.05,
  selectionProbability: 0.9,
  value: 0.344,
  currency: "EUR",
  reasons: [becauseYouBought],
  explanation: [{ code: "worthMost", text: "It is worth 0.34 EUR, more than the other offer and making none." }],
  legalBasis: "legitimateInterest",
  policyVersion: "home-hero-1",
  expiresAt,
  customerId,
  modelVersion: releaseId,
  untrained: false,
  degraded: false,
  joined: null,
}

const nothing = { ...nothingTerms, reward: 0.2, maxProbability: 1, probability: 0.02 }

const chosen = {
  ...nothing,
  offerId: offerExample.id,
  itemId: itemExample.id,
  kind: offerExample.kind,
  propensity: 0.05,
  propensitySource: "rates",
  value: 7.28,
  valueOrganic: 9.57,
  cost: 0.02,
  score: 0.344,
  reward: 0.2688,
  probability: 0.9,
  legalBasis: "legitimateInterest",
  features: [2.1138, 0.0198, 3.176],
}

const runnerUp = {
  ...chosen,
  offerId: "promotion-sku-0384",
  itemId: "sku-0384",
  value: 6.82,
  valueOrganic: 10.41,
  score: 0.321,
  reward: 0.2642,
  probability: 0.08,
  features: [2.0567, 0.0198, 3.0421],
}

export const decisionExample = {
  id: decisionId,
  customerId,
  at: decidedAt,
  verb: "decide",
  placement: "home-hero",
  channel: "web",
  kind: offerExample.kind,
  offerId: offerExample.id,
  releaseId,
  policyVersion: decideAnswerExample.policyVersion,
  trace: {
    basis: "propensity",
    options: [nothing, chosen, runnerUp],
    dropped: [
      {
        offerId: "notice-late-delivery",
        stage: "channel",
        rule: "channels",
        reason: "the offer is not made on web",
      },
    ],
    refused: [],
    rewardBounds: { low: -1, high: 4 },
    gamma: 893.5,
    epsilon: 0.005,
    costFactor: 1,
    attempt: 0,
    seed: `${decisionId}/${decideAnswerExample.policyVersion}/0`,
    uniform: 0.5114,
    featuresVersion: "1",
    contextFeatures: [1, 1.6094, 2.8332],
    attributes: { locale: "en", placement: "home-hero" },
    rates: [],
    timeZone: "Europe/Rome",
    locale: "en",
  },
  runnerUp: {
    offerId: runnerUp.offerId,
    itemId: runnerUp.itemId,
    score: runnerUp.score,
    probability: runnerUp.probability,
    scoreGap: 0.023,
    requiredChanges: [{ term: "value", from: 6.82, to: 7.28 }],
    drawRange: { from: 0.92, to: 1 },
  },
  expiresAt,
  activatedAt: story.clickedAt,
  outcomes: [{ messageId: "click-1", outcome: "click", at: story.clickedAt, value: null }],
}

export const replayExample = {
  decisionId,
  identical: true,
  differences: [],
  replayed: {
    kind: offerExample.kind,
    offerId: offerExample.id,
    itemId: itemExample.id,
    selectionProbability: chosen.probability,
  },
  policyVersion: decideAnswerExample.policyVersion,
  modelVersion: releaseId,
}
