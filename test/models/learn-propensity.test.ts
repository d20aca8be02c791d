import { afterAll, expect, test } from "vitest"
import { learnPropensity } from "../../models/propensity/learn-propensity.ts"
import { createRandom } from "../../models/random.ts"
import { emptyHistory } from "../../src/core/history/history.ts"
import { draw } from "../../src/core/measure/draw.ts"
import {
  attributeFeatures,
  candidateFeatureNames,
  decisionFeatures,
  featuresVersion,
  loggedFeatures,
} from "../../src/core/propensity/decision-features.ts"
import { readPropensity } from "../../src/core/propensity/propensity-artifact.ts"
import { networkPropensities } from "../../src/core/propensity/propensity-network.ts"
import { openTestStore } from "../support/database.ts"

const store = await openTestStore()
afterAll(() => store.close())

const day = 86_400_000
const start = Date.UTC(2024, 0, 1)
const now = start + 60 * day
const random = createRandom(31)
const features = (value: number) => {
  const columns = new Float32Array(candidateFeatureNames.length)
  columns[candidateFeatureNames.indexOf("value")] = value
  return loggedFeatures(columns)
}
const uuid = (n: number, tail: string) => `0190a000-0000-7000-8000-${String(n).padStart(8, "0")}${tail}`

/** Italians like offer `a`, everybody else `b`. */
const chance = (offerId: string, locale: string) => ((offerId === "a") === (locale === "it") ? 0.45 : 0.05)

async function decideOnce(n: number): Promise<void> {
  const at = start + (n / 3000) * 50 * day
  const locale = random() < 0.5 ? "it" : "de"
  const offered = (offerId: "a" | "b") => ({ offerId, kind: "promotion", probability: 0.45, features: features(1) })
  const options = [{ offerId: null, kind: "nothing", probability: 0.1 }, offered("a"), offered("b")]
  const uniform = random()
  const { offerId } = options[draw([0.1, 0.45, 0.45], uniform)]!
  const { context } = decisionFeatures({ nowMs: at, channel: "web", history: emptyHistory })
  const id = uuid(n, "0001")
  await store.decisions.append({
    id,
    customerId: uuid(n % 900, "0002"),
    at,
    verb: "decide",
    placement: "home",
    channel: "web",
    kind: offerId === null ? "nothing" : "promotion",
    offerId,
    releaseId: null,
    policyVersion: "1",
    trace: { featuresVersion, contextFeatures: loggedFeatures(context), attributes: { locale }, options, uniform },
    expiresAt: null,
    activatedAt: offerId === null ? null : at,
  })
  if (offerId !== null && random() < chance(offerId, locale)) {
    await store.decisions.recordOutcome(
      id,
      { messageId: id, outcome: "purchase", reportedAt: at + day, value: null },
      at + day,
    )
  }
}

test("a network is learnt from what decisions logged and what became of them", async () => {
  for (let from = 0; from < 3000; from += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, n) => decideOnce(from + n)))
  }
  const { contents, manifest } = await learnPropensity(store, { until: now })
  expect(manifest.decisions).toBe(3000)
  expect(manifest.propensity.blockedBecause).toBeNull()
  expect(manifest.incremental.blockedBecause).toMatch(/randomised decisions/)
  const network = readPropensity(contents.propensity!)
  expect(network.attributeNames).toEqual(["locale=de", "locale=it"])
  const { context } = decisionFeatures({ nowMs: now, channel: "web", history: emptyHistory })
  const [a, b] = networkPropensities(
    network,
    context,
    attributeFeatures({ locale: "it" }, network.attributeNames),
    ["a", "b"].map((offerId) => ({ offerId, features: Float32Array.from(features(1)) })),
  )
  expect(Math.abs(a! - 0.45)).toBeLessThan(0.1)
  expect(Math.abs(b! - 0.05)).toBeLessThan(0.1)
})

test("decisions whose waiting time is not over are not learnt from", async () =>
  expect((await learnPropensity(store, { until: start + 8 * day })).manifest.decisions).toBeLessThan(3000 / 10))
