import { itemExample } from "../catalogue/catalogue-examples.ts"
import { story } from "../schema/example-story.ts"

const { customerId, userId, anonymousId, email, viewedAt } = story

const consents = {
  service: { granted: true, at: "2025-11-29T08:00:00.000Z", source: "web registration" },
  marketing: { granted: true, at: "2025-11-29T08:00:00.000Z", source: "newsletter form", channels: ["email"] },
}

export const consentAnswerExample = { customerId, consents }

export const consentLedgerExample = {
  customerId,
  statements: [
    { purpose: "marketing", ...consents.marketing, recordId: customerId, toldAt: "2025-11-29T08:00:00.000Z" },
  ],
}

export const goldenRecordExample = {
  customerId,
  known: true,
  identified: true,
  createdAt: "2025-11-29T08:00:00.000Z",
  identifiers: [
    { type: "anonymousId", value: anonymousId },
    { type: "email", value: email },
    { type: "userId", value: userId },
  ],
  stage: "evaluate",
  traits: { firstName: "Lea", lastName: "Jansen", email },
  claims: { traits: {}, events: [] },
  consents,
  history: {
    format: 2,
    stage: "evaluate",
    orders: 4,
    lastAt: Date.parse(viewedAt),
    items: {
      [itemExample.id]: {
        views: 1,
        carts: 0,
        purchases: 0,
        quantity: 0,
        returns: 0,
        lastAt: Date.parse(viewedAt),
        purchaseTimes: [],
      },
    },
  },
  vector: {
    modelVersion: story.releaseId,
    values: [0.0278, -0.1228, -0.2409],
    nearestItems: [{ id: "sku-0182", title: "Rosmare Warm Jasmine Body Butter 200 ml", score: 0.5919 }],
  },
}

export const customerExportExample = {
  customerId,
  tables: {
    identifiers: goldenRecordExample.identifiers.map((identifier) => ({ ...identifier, customerId })),
    outcomes: [{ decisionId: story.decisionId, messageId: "click-1", outcome: "click", at: story.clickedAt }],
  },
}

export const eraseAnswerExample = { customerId, rowsErased: 57 }
