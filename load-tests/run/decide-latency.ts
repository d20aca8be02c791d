import { parseArgs } from "node:util"
import { createRandom, normal } from "../../models/random.ts"
import { type Offer, offerSchema } from "../../src/core/catalogue/offer.ts"
import { type DecisionInputs, decide } from "../../src/core/decision/decide.ts"
import { fold } from "../../src/core/history/fold.ts"
import { emptyHistory } from "../../src/core/history/history.ts"
import { defaultPolicy, type Policy, policyDraftSchema } from "../../src/core/policy/policy.ts"
import { candidateFeatureNames, contextFeatureNames } from "../../src/core/propensity/decision-features.ts"
import { predict } from "../../src/core/propensity/predict.ts"
import type { PropensityNetwork } from "../../src/core/propensity/propensity-network.ts"
import { renderTreatment } from "../../src/render/treatment.ts"

/** Times the decision work of one `/v1/decide` without its I/O, and the propensities of the same candidates alone. */
const { values } = parseArgs({
  options: { candidates: { type: "string", default: "200" }, decisions: { type: "string", default: "3000" } },
})
const candidates = Number(values.candidates)
const decisions = Number(values.decisions)
const nowMs = Date.UTC(2025, 5, 1, 12)
const random = createRandom(1)

const items = Array.from({ length: candidates }, (_, n) => ({
  id: `item-${n}`,
  title: `Item ${n}`,
  price: 5 + (n % 40),
  margin: 2 + (n % 9),
  currency: "EUR",
  brand: `brand-${n % 12}`,
  category: [`category-${n % 15}`],
}))

const offers: Offer[] = items.map((item, n) =>
  offerSchema.parse({
    id: `offer-${n}`,
    kind: (["promotion", "recommendation", "retention"] as const)[n % 3],
    title: `Offer ${n}`,
    value: 3 + (n % 17),
    cost: 0.05,
    itemId: item.id,
    theme: `theme-${n % 10}`,
    eligibility: 'customer.stage != "support"',
    treatments: [{ content: { headline: "{{ item.title }} for {{ customer.firstName }}" } }],
  }),
)

const policy: Policy = {
  ...defaultPolicy,
  ...policyDraftSchema.parse({
    suitability: [{ id: "adults", rule: "customer.traits.age >= 18.0" }],
    context: [{ id: "morning", rule: "context.hour < 12.0", factor: 1.1 }],
  }),
  version: "bench",
}

const floats = (length: number, deviation = 0.1) => Float32Array.from({ length }, () => deviation * normal(random))

function aNetwork(): PropensityNetwork {
  const inputs = contextFeatureNames.length + candidateFeatureNames.length
  const [embedding, first, second] = [8, 32, 16]
  return {
    attributeNames: [],
    rowOf: new Map(offers.map(({ id }, n) => [id, n + 1])),
    examples: 20_000,
    known: (["promotion", "recommendation", "retention"] as const).map((kind) => ({
      kind,
      channel: "web" as const,
      weight: 1,
    })),
    calibrator: { method: "platt", a: 1, b: 1, c: -2 },
    weights: {
      inputs,
      embedding,
      hidden: [first, second],
      center: floats(inputs),
      scale: floats(inputs).map((value) => 1 + value),
      offerVectors: floats((offers.length + 1) * embedding),
      offerBias: floats(offers.length + 1),
      wide: floats(inputs),
      cross: floats(inputs * embedding),
      first: floats((inputs + embedding) * first),
      firstBias: floats(first),
      second: floats(first * second),
      secondBias: floats(second),
      out: floats(second),
      bias: 0,
    },
  }
}

const history = fold(
  emptyHistory,
  Array.from({ length: 60 }, (_, n) => ({
    messageId: `m-${n}`,
    at: nowMs - (60 - n) * 86_400_000,
    name: n % 5 === 0 ? "Order Completed" : "Product Viewed",
    lines: [{ itemId: `item-${(n * 7) % candidates}`, quantity: 1 }],
    properties: {},
  })),
)

const catalogue = {
  offers: new Map(offers.map((offer) => [offer.id, offer])),
  items: new Map(items.map((item) => [item.id, item])),
}
const models = { network: aNetwork(), incremental: null, counts: [] }
const context = {
  nowMs,
  placement: "home",
  channel: "web" as const,
  history,
  consents: {},
  traits: { age: 41, firstName: "Ada" },
  reservations: Array.from({ length: 20 }, (_, n) => ({
    decisionId: `d-${n}`,
    offerId: `offer-${n}`,
    channel: "web" as const,
    kind: "promotion" as const,
    reservedAt: nowMs - n * 3_600_000,
    expiresAt: nowMs,
    activatedAt: nowMs - n * 3_600_000,
  })),
}
const decisionInputs: DecisionInputs = {
  catalogue,
  models,
  capacityUsage: new Map(),
  selectItems: () => [],
  affinity: (itemId) => itemId.length / 10,
  renderCandidate(candidate) {
    const shown = renderTreatment(candidate, context, catalogue.items)
    return "fault" in shown ? { drop: { stage: "channel", rule: "treatment", reason: shown.fault } } : { shown }
  },
}

const decideOnce = (n: number) =>
  decide({ ...context, decisionId: `decision-${n}`, attempt: 0 }, decisionInputs, policy)
const judged = offers.map((offer) => ({ candidate: { offer, item: catalogue.items.get(offer.itemId!) } }))
const scoreOnce = () =>
  predict({ ...context, attributes: {}, items: catalogue.items, affinity: decisionInputs.affinity }, judged, models)

function timesOf(work: (n: number) => unknown): Float64Array {
  for (let n = 0; n < decisions / 2; n++) work(n)
  return Float64Array.from({ length: decisions }, (_, n) => {
    const startedAt = performance.now()
    work(n)
    return performance.now() - startedAt
  }).sort()
}

const quantile = (sorted: Float64Array, share: number) => sorted[Math.floor(share * (sorted.length - 1))]!

const { trace } = decideOnce(0)
const whole = timesOf(decideOnce)
const scoring = timesOf(scoreOnce)
const ratio = quantile(whole, 0.5) / quantile(scoring, 0.5)
process.stderr.write(
  `${candidates} offers bound to items, each with an eligibility rule and a treatment; a policy with one suitability rule and one context factor;\n` +
    `a history of 60 events, 20 reservations; ${trace.options.length} options in the draw; Node ${process.version}, ${decisions} decisions after half as many to warm up\n` +
    `decision p50 ${quantile(whole, 0.5).toFixed(3)} ms, p99 ${quantile(whole, 0.99).toFixed(3)} ms; propensities alone p50 ${quantile(scoring, 0.5).toFixed(3)} ms; ratio ${ratio.toFixed(2)}\n`,
)
process.stdout.write(
  `${JSON.stringify({
    bench: "decide-latency",
    candidates,
    p50Ms: Number(quantile(whole, 0.5).toFixed(4)),
    p99Ms: Number(quantile(whole, 0.99).toFixed(4)),
    ratioToScoring: Number(ratio.toFixed(3)),
  })}\n`,
)
