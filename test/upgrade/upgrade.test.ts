import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { manifestWithCurrentNames } from "../../src/core/release/former-names.ts"
import { freePort } from "../../src/store/embedded/cluster.ts"
import { startRefoldingHistories } from "../../src/work/refold-histories.ts"
import { startRekeyingIdentifiers } from "../../src/work/rekey-identifiers.ts"
import { startTriggering } from "../../src/work/trigger.ts"
import { startWatchingPlans } from "../../src/work/watch-plans.ts"
import { startProcess } from "../support/service-process.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"
import { readOldAnswers, restoreOldDatabase } from "./old-database.ts"
import { annasNames, type OldAnswer } from "./scenario.ts"

/** Today's names of renamed JSON keys, by the end of their path in an answer: a rename of a public key adds a line here. */
const todaysNames: Readonly<Record<string, string>> = {
  "request.rung": "autonomyLevel",
  "plan.rung": "autonomyLevel",
  "sends.rung": "autonomyLevel",
  "request.who": "audience",
  "plan.who": "audience",
  withheldShare: "holdoutShare",
  "request.floor": "minKeepProbability",
  "plan.floor": "minKeepProbability",
  takeUp: "takeUpRate",
  reservedDays: "reservationDays",
  "scheduledPlans.freshHours": "maxAgeHours",
  findings: "summary",
  "findings.leftOut": "exclusions",
  "leftOut.by": "reason",
  "findings.withheld": "holdout",
  "findings.prices": "dualPrices",
  "chosen.expectedKept": "expectedKeptShare",
  "chosen.worth": "expectedValue",
  "chosen.money": "moneyAtRisk",
  "curve.worth": "expectedValue",
  "segments.expectedKept": "expectedKeptShare",
  readings: "monitoring",
  "readings.plan.expected": "expectedKeptShare",
  "readings.plan.realised": "keptShare",
  "readings.plan.lower": "lowerBound",
  "segments.expected": "expectedKeptShare",
  "segments.realised": "keptShare",
  "segments.lower": "lowerBound",
  "calibration.expected": "predicted",
  "calibration.realised": "observed",
  "increment.withheld": "holdout",
  haltWatchSince: "haltMonitorSince",
  "sends.withheld": "inHoldout",
  "sends.worth": "expectedValue",
  "sends.p": "keep_probability",
  "sends.b": "organic_probability",
  "sends.delta": "expected_value",
  onceInHours: "cooldownHours",
  freshHours: "maxAgeHours",
  basketLeftHours: "cartAbandonedAfterHours",
  complaintOpenHours: "caseOpenForHours",
  needAtLeast: "minRepurchaseProbability",
  "when.afterHours": "delayHours",
  "serviceRepeat.afterHours": "minIntervalHours",
  maxMatterAgeDays: "maxCaseAgeDays",
  "pauses.afterIgnored": "ignoredCount",
  "pauses.forHours": "pauseHours",
  dismissedForHours: "dismissalCooldownHours",
  acceptedWithinHours: "attributionWindowHours",
  "offers.matter": "caseType",
  "trace.situation": "contextFeatures",
  "trace.facts": "attributes",
  "options.largestShare": "maxProbability",
  "runnerUp.shortBy": "scoreGap",
  "runnerUp.needed": "requiredChanges",
  "runnerUp.drawnBetween": "drawRange",
}

const openCaseRule = "customer.openCase == false || offer.kind == 'recovery'"

/** Today's words of renamed values, by the end of their path. */
const todaysValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "leftOut.by": { openMatter: "openCase", who: "audience", worth: "expectedValue", floor: "minKeepProbability" },
  "suitability.rule": { "customer.openMatter == false || offer.kind == 'recovery'": openCaseRule },
  "dropped.rule": { openMatter: "openCase" },
  "options.propensitySource": { given: "unconditional" },
  "increment.verdict": {
    tooFew: "insufficientData",
    open: "inconclusive",
    pays: "positive",
    costs: "negative",
  },
}

/** Identifiers that are stored in another form today. */
const todaysIdentifiers: Readonly<Record<string, string>> = { "+39 02 1234 5678": "+390212345678" }

/** Parts of an answer that are not stored: its id, the sentence of an error, the format of histories, when a plan was last looked at. */
const isVolatile = (path: string) =>
  path === ".detail" || ["requestId", "history.format", "readings.at"].some((end) => path.endsWith(end))

type Json = Record<string, unknown>

const minute = 60_000
const day = 24 * 60 * minute
const old = readOldAnswers()
let shop: TestApp

beforeAll(async () => {
  const databaseUrl = await restoreOldDatabase()
  shop = await openTestApp({ databaseUrl, environment: { PUBLIC_URL: "https://mail.example" } })
  shop.advance(old.leftAtMs + minute - shop.services.clock())
  const loops = [startRefoldingHistories, startRekeyingIdentifiers].map((start) =>
    start(shop.services, { pauseMs: 20 }),
  )
  const isRefolded = async () => (await shop.services.store.customers.outdatedHistories(1)).length === 0
  const isRekeyed = async () =>
    (await shop.sql("select from identifiers where value is not nfc normalized")).length === 0
  for (const isDone of [isRefolded, isRekeyed]) await vi.waitUntil(isDone, { timeout: minute, interval: 50 })
  for (const loop of loops) await loop.stop()
  await shop.refreshCatalogue()
  await shop.services.policies.refresh()
})
afterAll(() => shop?.close())

/** Returns the entry whose key a path ends with, the longest if there are several. */
function byEndOf<T>(path: string, entries: Readonly<Record<string, T>>): T | undefined {
  const steps = path.split(".").filter((step) => step !== "")
  const ends = steps.map((_, from) => steps.slice(from).join("."))
  const end = ends.find((one) => Object.hasOwn(entries, one))
  return end === undefined ? undefined : entries[end]
}

/** Returns what the server of then answered under today's names, its texts in Unicode's composed form as today's ids are. */
function inTodaysNames(value: unknown, path = ""): unknown {
  if (typeof value === "string") {
    const word = byEndOf(path, todaysValues)?.[value]
    return word ?? ((path.endsWith("identifiers.value") && todaysIdentifiers[value]) || value.normalize())
  }
  if (Array.isArray(value)) return value.map((element) => inTodaysNames(element, path))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const at = `${path}.${key}`
      return isVolatile(at) ? [] : [[byEndOf(at, todaysNames) ?? key.normalize(), inTodaysNames(inner, at)]]
    }),
  )
}

const composed = (value: unknown): Json => JSON.parse(JSON.stringify(value).normalize())

function answersOfThen(pattern: RegExp): OldAnswer[] {
  const found = old.reads.filter(({ path }) => pattern.test(path))
  expect(found.length).toBeGreaterThan(0)
  return found
}

const askAgain = ({ method, path, body }: OldAnswer) =>
  shop.ask(method, encodeURI(path), body === undefined ? {} : { body })

/** Expects that today's answers have all that those of then had; they may have more. */
async function expectAllKept(answers: readonly OldAnswer[], change: (json: Json) => Json = (json) => json) {
  for (const then of answers) {
    const now = await askAgain(then)
    expect([then.path, now.status]).toEqual([then.path, then.status])
    expect(composed(now.json), then.path).toMatchObject(change(inTodaysNames(JSON.parse(then.text)) as Json))
  }
}

test("policies read back with every key they had, in each version", async () => {
  await expectAllKept(answersOfThen(/^\/v1\/policies/))
})

test("policies that read back may be put again", async () => {
  const { json } = await shop.ask("GET", "/v1/policies")
  for (const { placement, policy } of json.policies as { placement: string; policy: Json }[]) {
    const answer = await shop.ask("PUT", `/v1/policies/${placement}?dryRun=true`, { body: policy })
    expect([placement, answer.status, answer.text]).toEqual([placement, 200, expect.any(String)])
  }
})

test("items and offers read back with every key they had, and what was deleted stays so", async () => {
  const lists = answersOfThen(/^\/v1\/(items|offers)\?/)
  await expectAllKept(lists)
  for (const path of ["/v1/items/gone", "/v1/offers/ended"]) expect((await shop.ask("GET", path)).status).toBe(404)
  expect((await shop.ask("GET", encodeURI("/v1/items/sapone-cr\u00e8me"))).json).toMatchObject({ price: 6.5 })
})

test("plans and their sends read back as they were", async () => {
  await expectAllKept(answersOfThen(/^\/v1\/(plans|sends)/))
})

test("decisions read back with their traces and outcomes, and replay or say why not", async () => {
  await expectAllKept(answersOfThen(/^\/v1\/decisions\/[^/]+$/))
  const replays = answersOfThen(/^\/v1\/decisions\/.*\/replay$/)
  await expectAllKept(replays)
  const identical = replays.filter(({ text }) => JSON.parse(text).identical === true)
  expect(identical.length).toBeGreaterThan(replays.length / 2)
})

test("customers keep their identifiers, consents, traits, history and vector", async () => {
  await expectAllKept(answersOfThen(/^\/v1\/customers/))
})

test("each name that pointed at a customer still does", async () => {
  const anna = JSON.parse(answersOfThen(/^\/v1\/customers\/userId:anna$/)[0]!.text) as Json
  for (const customer of [...annasNames, { phone: "+39 02 1234 5678" }, { token: old.customerToken }]) {
    const { json } = await shop.ask("POST", "/v1/recommend", { body: { customer, placement: "home" } })
    expect([customer, json.customerId]).toEqual([customer, anna.customerId])
  }
  const names = ["Jos\u00e9", "Jose\u0301"]
  const answers = await Promise.all(
    names.map((userId) => shop.ask("POST", "/v1/recommend", { body: { customer: { userId }, placement: "home" } })),
  )
  expect(answers[0]!.json).toMatchObject({ customerId: expect.any(String) })
  expect(answers[0]!.json.customerId).toBe(answers[1]!.json.customerId)
})

test("content gives the same bytes under its keys, and a campaign's export the same of each customer", async () => {
  const stored = answersOfThen(/^\/v1\/content\//).filter(({ isFallback }) => !isFallback)
  expect(stored.length).toBeGreaterThan(10)
  for (const then of stored) expect((await askAgain(then)).text, then.path).toBe(then.text)
  for (const then of answersOfThen(/^\/v1\/campaigns\//)) {
    const lines = new Map(linesOf((await askAgain(then)).text).map((line) => [line.customerId, line]))
    for (const line of linesOf(then.text)) expect(lines.get(line.customerId)).toMatchObject(line)
  }
})

/** Returns the JSON values of a text with one a line. */
const linesOf = (text: string): Json[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Json)

const leastShare = 0.15

interface Ranked {
  id: string
  rank: number
  score: number
  reasons: { code: string; text: string; itemId?: string; share: number }[]
}

/**
 * Returns an answer as those of then are comparable: without small reasons, which are given no longer, and without items that only
 * one side knows, as what a customer sent back or waits for is ranked no longer and others take its place.
 */
const withoutOthers = ({ items, ...answer }: Json, others: ReadonlySet<string>): Json => ({
  ...answer,
  items: (items as Ranked[])
    .filter(({ id }) => others.has(id))
    .map(({ reasons, score: _, rank: __, ...item }) => ({
      ...item,
      reasons: reasons.filter(({ share }) => share >= leastShare),
    })),
})

/** Item that was only put into the cart, which was called "looked at" until 0.2. */
const onlyAdded = "sku-0002"
const addedReasons = (reasons: Ranked["reasons"]): Ranked["reasons"] =>
  reasons.map((reason) => {
    if (reason.itemId !== onlyAdded || reason.code !== "becauseYouViewed") return reason
    const text = reason.text
      .replace(/^You looked at it$/, "You added it to your cart or wishlist")
      .replace(/^Because you looked at (.*)$/, "Because you added $1 to your cart or wishlist")
    return { ...reason, code: "becauseYouAdded", text }
  })

/** Reasons with about their shares: an item sent back spoke for others until 0.2, and the rest has a little more now. */
const about = (reasons: Ranked["reasons"]) =>
  reasons.map((reason) => ({ ...reason, share: expect.closeTo(reason.share, 1) as number }))

const idsOf = ({ items }: Json) => new Set((items as Ranked[]).map(({ id }) => id))

test("models and evaluations list, and the release answers as it did", async () => {
  await expectAllKept(answersOfThen(/^\/v1\/models/), ({ models }) => ({
    models: (models as Json[]).map((model) => ({
      ...model,
      manifest: manifestWithCurrentNames(model.manifest as Json),
    })),
  }))
  const evaluationOf = ({ report, ...evaluation }: Json) => ({
    ...evaluation,
    report: manifestWithCurrentNames(report as Json),
  })
  await expectAllKept(answersOfThen(/^\/v1\/evaluations/), (json) =>
    Array.isArray(json.evaluations) ? { ...json, evaluations: json.evaluations.map(evaluationOf) } : evaluationOf(json),
  )
  await expectAllKept(answersOfThen(/^\/v1\/items\/.*\/similar$/))
  const { models } = JSON.parse(answersOfThen(/^\/v1\/models$/)[0]!.text) as { models: { id: string; live: boolean }[] }
  const modelVersion = models.find(({ live }) => live)!.id
  for (const then of answersOfThen(/^\/v1\/recommend$/)) {
    const now = composed((await askAgain(then)).json)
    const { decisionId: _, ...said } = inTodaysNames(JSON.parse(then.text)) as Json
    const items = (said.items as Ranked[]).map((item) => ({ ...item, reasons: addedReasons(item.reasons) }))
    const before = { ...said, items }
    const [idsNow, idsThen] = [idsOf(now), idsOf(before)]
    expect([...idsThen].filter((id) => !idsNow.has(id)).length, then.path).toBeLessThanOrEqual(2)
    const kept = withoutOthers(before, idsNow)
    const known = (kept.items as Ranked[]).map((item) => ({ ...item, reasons: about(item.reasons) }))
    expect(withoutOthers(now, idsThen), then.path).toMatchObject({ ...kept, items: known, modelVersion })
  }
})

test("webhooks and their messages read back, delivered or waiting", async () => {
  await expectAllKept(answersOfThen(/^\/v1\/webhooks/))
})

test("keys work in their scopes, and a revoked one does not", async () => {
  const as = (key: string, method: string, path: string, body?: unknown) =>
    shop.ask(method, path, {
      key: "none",
      headers: { authorization: `Bearer ${key}` },
      ...(body !== undefined && { body }),
    })
  const recommend = { customer: { userId: "u-2" }, placement: "home" }
  const view = { userId: "u-2", event: "Product Viewed", properties: { product_id: "sku-0005" }, messageId: "today-1" }
  expect((await as(old.keys.read, "POST", "/v1/recommend", recommend)).status).toBe(200)
  expect((await as(old.keys.ingest, "POST", "/v1/track", view)).json).toMatchObject({
    results: [{ status: "accepted" }],
  })
  expect((await as(old.keys.write, "GET", "/v1/models")).status).toBe(403)
  expect((await as(old.keys.admin, "GET", "/v1/webhooks")).status).toBe(200)
  expect((await as(old.revokedKey, "POST", "/v1/recommend", recommend)).status).toBe(401)
})

test("offers are decided under the policies of then, and what was decided then may be activated", async () => {
  const versions = new Map(
    answersOfThen(/^\/v1\/policies\/[^/]+$/).map(({ text }) => {
      const { placement, version } = JSON.parse(text) as { placement: string; version: string }
      return [placement, version]
    }),
  )
  const kinds = new Set<unknown>()
  for (const [placement, channel] of [
    ["home-hero", "web"],
    ["weekly-email", "email"],
  ])
    for (let n = 2; n < 10; n++) {
      const body = { customer: { userId: `u-${n}` }, placement, channel }
      const { status, json } = await shop.ask("POST", "/v1/decide", { body })
      expect([status, json.policyVersion]).toEqual([200, versions.get(placement!)])
      kinds.add(json.kind)
      expect((await shop.ask("GET", `/v1/decisions/${json.decisionId}/replay`)).json).toMatchObject({ identical: true })
    }
  expect(kinds.size).toBeGreaterThan(1)
  const waiting = answersOfThen(/^\/v1\/decisions\/[^/]+$/)
    .map(({ text }) => JSON.parse(text) as Json)
    .find(({ verb, activatedAt, offerId }) => verb === "decide" && activatedAt === null && offerId !== null)!
  const at = new Date(shop.services.clock()).toISOString()
  const activated = await shop.ask("POST", `/v1/decisions/${waiting.id}/activate`, { body: { at } })
  expect(activated.json).toEqual({ status: "activated" })
})

test("a running plan goes on: sends move, a customer says no, more are reserved, and it ends", async () => {
  const plans = JSON.parse(answersOfThen(/^\/v1\/plans$/)[0]!.text).plans as {
    id: string
    name: string
    status: string
  }[]
  const pilot = plans.find(({ status }) => status === "running")!
  const sendsIn = async (state: string) =>
    (await shop.ask("GET", `/v1/sends?plan=${pilot.id}&state=${state}&limit=1000`)).json.sends as { id: string }[]
  const say = (id: string, state: string) => {
    const at = new Date(shop.services.clock()).toISOString()
    return shop.ask("POST", `/v1/sends/${id}/${state}`, { body: { at } })
  }
  const [first, second] = await sendsIn("reserved")
  for (const state of ["dispatched", "delivered", "kept"]) expect((await say(first!.id, state)).status).toBe(200)
  const page = await shop.ask("GET", `/v1/v/${old.vetoTokens[second!.id]}`, { key: "none" })
  expect(page.status).toBe(200)
  await shop.ask("POST", `/v1/v/${old.vetoTokens[second!.id]}`, { key: "none" })
  expect((await shop.ask("GET", `/v1/sends/${second!.id}`)).json).toMatchObject({ state: "vetoed" })

  const waiting = plans.find(({ name, status }) => name === "Suggestions" && status === "planned")!
  for (const verb of ["approve", "start"])
    expect((await shop.ask("POST", `/v1/plans/${waiting.id}/${verb}`, { body: {} })).status).toBe(200)
  const before = (await sendsIn("approved")).length
  const watch = () => startWatchingPlans(shop.services, { pauseMs: 20 })
  const loop = watch()
  const patience = { timeout: minute }
  await expect.poll(async () => (await sendsIn("approved")).length, patience).toBeLessThan(before)
  // A turn under way while the clock jumps would reserve for days after it.
  await loop.stop()
  shop.advance(300 * day)
  const later = watch()
  for (const { id } of [pilot, waiting])
    await expect.poll(async () => (await shop.ask("GET", `/v1/plans/${id}`)).json.status, patience).toBe("done")
  await later.stop()
  shop.advance(-300 * day)
})

test("a scheduled plan begins again the next day", async () => {
  const count = async () => ((await shop.ask("GET", "/v1/plans")).json.plans as unknown[]).length
  const before = await count()
  shop.advance(day)
  const loop = startTriggering(shop.services, { pauseMs: 20 })
  await expect.poll(count, { timeout: minute }).toBe(before + 1)
  await loop.stop()
  shop.advance(-day)
})

test("a customer of then can be erased from every table", async () => {
  const { customerId } = JSON.parse(answersOfThen(/^\/v1\/customers\/userId:anna$/)[0]!.text) as { customerId: string }
  const rows = async () => {
    const { tables } = (await shop.ask("GET", `/v1/customers/${customerId}/export`)).json as { tables?: Json }
    return Object.entries(tables ?? {}).flatMap(([table, found]) => ((found as unknown[]).length > 0 ? [table] : []))
  }
  expect((await rows()).length).toBeGreaterThan(5)
  expect((await shop.ask("DELETE", `/v1/customers/${customerId}`)).status).toBe(200)
  expect(await rows()).toEqual([])
})

test("the service starts on such a database and answers", async () => {
  const settings = { DATABASE_URL: await restoreOldDatabase(), ALLOW_VOLATILE: "1", PORT: String(await freePort()) }
  const service = startProcess([], settings)
  await service.says("stdout", "listens")
  const headers = { authorization: `Bearer ${old.keys.read}`, "content-type": "application/json" }
  const body = JSON.stringify({ customer: { userId: "anna" }, placement: "home" })
  const answer = await fetch(`http://127.0.0.1:${settings.PORT}/v1/recommend`, { method: "POST", headers, body })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ coldStart: false })
  expect(await service.end("SIGTERM")).toBe(0)
})
