import { planRequestExample, planRequestSchema } from "../policy/plan-request.ts"
import { story } from "../schema/example-story.ts"

const monitors = { expectedKeptShare: 0.78, keptShare: 0.8, lowerBound: 0.71, halted: false }

export const planExample = {
  id: story.planId,
  name: planRequestExample.name,
  status: "running",
  reason: null,
  request: planRequestSchema.parse(planRequestExample),
  releaseId: story.releaseId,
  summary: {
    customers: 2670,
    eligible: 610,
    candidates: 9140,
    exclusions: [{ reason: "consent", customers: 1998, candidates: 0 }],
    chosen: { sends: 450, customers: 450, expectedKeptShare: 0.78, expectedValue: 1322.4, moneyAtRisk: 4310.5 },
    holdout: { sends: 50, customers: 50 },
    dualPrices: { money: 0.12, volume: 0, promise: 0.4, stock: [{ itemId: story.itemId, price: 1.5 }] },
    curve: [{ sends: 450, keptShare: 0.78, expectedValue: 1322.4 }],
    segments: [{ segment: "regular", sends: 450, expectedKeptShare: 0.78 }],
    verdict:
      "450 customers are sent 61 different items, worth 1322.40 EUR in expectation; no item is more than 8.9 % of 450 sends.",
    items: {
      distinct: 61,
      largestShare: 0.089,
      prices: { low: 6.9, median: 18.5, high: 64 },
      most: [
        {
          itemId: story.itemId,
          title: "Rosmare Warm Jasmine Body Butter 200 ml",
          price: 18.5,
          sends: 40,
          share: 0.089,
          meanKeepProbability: 0.81,
          meanOrganicProbability: 0.12,
          expectedValue: 121.3,
        },
      ],
    },
    notes: [],
    seconds: 4.2,
  },
  monitoring: {
    at: "2026-04-20T06:00:00.000Z",
    states: { dispatched: 40, kept: 280, returned: 70 },
    plan: { sends: 350, customers: 350, ...monitors },
    segments: [{ segment: "regular", sends: 350, customers: 350, ...monitors }],
    calibration: [{ predicted: 0.78, observed: 0.8, sends: 350 }],
    increment: {
      sent: 390,
      holdout: 50,
      perCustomer: 2.4,
      low: 0.3,
      high: 4.5,
      expected: 2.9,
      verdict: "positive",
    },
    haltMonitorSince: null,
  },
  createdAt: "2026-03-02T08:00:00.000Z",
  plannedAt: "2026-03-02T08:00:04.200Z",
  approvedAt: "2026-03-02T08:20:00.000Z",
  startedAt: "2026-03-02T08:21:00.000Z",
  endedAt: null,
}

export const sendExample = {
  id: story.sendId,
  customerId: story.customerId,
  planId: story.planId,
  itemId: story.itemId,
  autonomyLevel: "parcel",
  state: "dispatched",
  inHoldout: false,
  segment: "regular",
  keepProbability: 0.81,
  organicProbability: 0.12,
  expectedValue: 2.94,
  gift: false,
  times: {
    proposed: "2026-03-02T08:00:04.200Z",
    approved: "2026-03-02T08:20:00.000Z",
    reserved: "2026-03-02T08:21:10.000Z",
    dispatched: "2026-03-02T11:05:00.000Z",
  },
  vetoUntil: null,
  resolveBy: "2026-03-23T11:05:00.000Z",
}
