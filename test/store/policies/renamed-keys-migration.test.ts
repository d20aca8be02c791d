import { drizzle } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { policyDraftSchema } from "../../../src/core/policy/policy.ts"
import { newId } from "../../../src/start/new-id.ts"
import { migrate } from "../../../src/store/database/migrate.ts"
import { createDatabaseAfter } from "../../support/old-database.ts"
import { openTestApp, type TestApp } from "../../support/test-app.ts"

const releaseId = newId()
const [customerId, planId] = [newId(), newId()]

/** Rules as version 0.1 took them, and as they read today. */
const rules = {
  plain: ["customer.openMatter == false", "customer.openCase == false"],
  guarded: ["has(context.given.moon) && context.given.moon", "has(context.attributes.moon) && context.attributes.moon"],
  spaced: ["!customer . openMatter", "!customer . openCase"],
  indexed: [`customer['openMatter'] || context["given"].x == 1`, "customer.openCase || context.attributes.x == 1"],
  inText: [
    `customer.traits.note == "customer.openMatter" || context.given.q == 'it\\'s context.given'`,
    `customer.traits.note == "customer.openMatter" || context.attributes.q == 'it\\'s context.given'`,
  ],
  ofOthers: [
    "customer.traits.openMatter == 1 && customer.traits.given == 1",
    "customer.traits.openMatter == 1 && customer.traits.given == 1",
  ],
  longer: ["has(customer.traits.a) && customer.openMatter", "has(customer.traits.a) && customer.openCase"],
  // As long as a rule could be; each name gets longer.
  longest: [
    `${"context.given.a && ".repeat(26)}true`.padEnd(500),
    `${"context.attributes.a && ".repeat(26)}true${" ".repeat(2)}`,
  ],
} as const

const old = {
  eligibility: Object.entries(rules).map(([id, [rule]]) => ({ id, rule })),
  applicability: [{ id: "a", rule: rules.plain[0] }],
  suitability: [{ id: "s", rule: rules.plain[0] }],
  context: [{ id: "c", rule: rules.guarded[0], factor: 1.5 }],
  levers: [{ id: "l", owner: "Marta", expiresAt: "2030-01-01T00:00:00Z", rule: rules.plain[0], factor: 1.2 }],
  service: { maxMatterAgeDays: 21 },
  contact: {
    pauses: [{ id: "ignored", per: "offer", afterIgnored: 4, forHours: 48 }],
    dismissedForHours: 100,
    serviceRepeat: { limit: 2, afterHours: 24 },
  },
  acceptedWithinHours: 72,
  triggers: [
    {
      id: "late",
      when: { event: "Delivery Delayed", afterHours: 2 },
      channel: "email",
      onceInHours: 12,
      freshHours: 48,
    },
    { id: "basket", when: { basketLeftHours: 3 }, channel: "email" },
    { id: "complaint", when: { complaintOpenHours: 4 }, channel: "email" },
    { id: "need", when: { needAtLeast: 0.9 }, channel: "email" },
  ],
  scheduledPlans: [
    {
      id: "daily",
      schedule: { at: "08:00" },
      freshHours: 5,
      plan: {
        name: "Daily",
        budgets: { money: 1, volume: 1 },
        segments: [{ id: "calm", rule: rules.plain[0] }],
        // The shop's own names, whatever they are.
        items: { attributes: { freshHours: ["openMatter"], rule: ["customer.openMatter"] } },
      },
    },
  ],
}

let shop: TestApp
beforeAll(async () => {
  const url = await createDatabaseAfter(19)
  const client = postgres(url, { max: 2, onnotice: () => {} })
  await client`insert into policies (placement, number, version, policy, created_at) values
    ('home', 1, 'home-1', ${client.json(old)}, now()), ('home', 2, 'home-2', ${client.json({ acceptedWithinHours: 5 })}, now())`
  const treatments = [
    {
      channels: ["email"],
      content: {
        a: 'context.given {{ context.given.name | default: "context.given" }}',
        b: "{% if customer.openMatter %}Sorry{% endif %} {{ customer.openMatter }}",
      },
    },
  ]
  const offer = { id: "sorry", kind: "recovery", title: "Sorry", value: 1, cost: 0, currency: "EUR", content: {} }
  await client`insert into offers (id, offer, updated_at) values
    ('sorry', ${client.json({ ...offer, matter: "delay", eligibility: rules.plain[0], treatments })}, now()),
    ('plain', ${client.json({ ...offer, id: "plain", content: { text: "{{ context.given.x }}" } })}, now())`
  const request = { name: "Old", budgets: { money: 1, volume: 1 }, segments: [{ id: "s", rule: rules.plain[0] }] }
  await client`insert into plans (id, name, status, request, findings, created_at) values
    (${planId}, 'Old', 'planned', ${client.json(request)},
      ${client.json({ leftOut: [{ by: "openMatter", customers: 3 }] })}, now())`
  await client`insert into profiles (customer_id, history, stage, created_at, updated_at)
    values (${customerId}, '{}', 'discover', now(), now())`
  const held = { decisionId: newId(), offerId: "sorry", channel: "email", reservedAt: 1, expiresAt: 2, activatedAt: 1 }
  await client`insert into contacts (customer_id, reservations, updated_at) values (${customerId},
    ${client.json([{ ...held, occasion: "june", matter: "o-1" }, held])}, now())`
  await client`insert into trigger_firings (customer_id, placement, trigger, occasion, at)
    values (${customerId}, 'home', 'late', '2026-01-01', now())`
  const propensity = { reason: "too few", test: { lead: { value: 1 }, logLoss: 2 } }
  const manifest = {
    propensity: { decisions: 3, propensity, incremental: { reason: null, slope: null } },
    keep: { reason: "x" },
  }
  await client`insert into releases (id, artifacts, manifest, created_at)
    values (${releaseId}, '{}', ${client.json(manifest)}, now())`
  await migrate(drizzle(client))
  await client.end()
  shop = await openTestApp({ databaseUrl: url })
})
afterAll(() => shop.close())

describe("what version 0.1 stored", () => {
  test("is a policy of today's keys, in every version", async () => {
    const { policies } = (await shop.ask("GET", "/v1/policies/home/history")).json as { policies: { policy: object }[] }
    expect(policies[0]!.policy).toEqual(policyDraftSchema.parse({ attributionWindowHours: 5 }))
    expect(policies[1]!.policy).toEqual(
      policyDraftSchema.parse({
        eligibility: Object.entries(rules).map(([id, [, rule]]) => ({ id, rule })),
        applicability: [{ id: "a", rule: rules.plain[1] }],
        suitability: [{ id: "s", rule: rules.plain[1] }],
        context: [{ id: "c", rule: rules.guarded[1], factor: 1.5 }],
        levers: [{ ...old.levers[0], rule: rules.plain[1] }],
        service: { maxCaseAgeDays: 21 },
        contact: {
          pauses: [{ id: "ignored", per: "offer", ignoredCount: 4, pauseHours: 48 }],
          dismissalCooldownHours: 100,
          serviceRepeat: { limit: 2, minIntervalHours: 24 },
        },
        attributionWindowHours: 72,
        triggers: [
          {
            id: "late",
            when: { event: "Delivery Delayed", delayHours: 2 },
            channel: "email",
            cooldownHours: 12,
            maxAgeHours: 48,
          },
          { id: "basket", when: { cartAbandonedAfterHours: 3 }, channel: "email" },
          { id: "complaint", when: { caseOpenForHours: 4 }, channel: "email" },
          { id: "need", when: { minRepurchaseProbability: 0.9 }, channel: "email" },
        ],
        scheduledPlans: [
          {
            id: "daily",
            schedule: { at: "08:00" },
            maxAgeHours: 5,
            plan: { ...old.scheduledPlans[0]!.plan, segments: [{ id: "calm", rule: rules.plain[1] }] },
          },
        ],
      }),
    )
  })

  test("is an offer whose rule and templates have today's names, where they are names", async () => {
    const { offers } = (await shop.ask("GET", "/v1/offers")).json as { offers: Record<string, unknown>[] }
    expect(offers).toEqual([
      expect.objectContaining({ id: "plain", content: { text: "{{ context.given.x }}" } }),
      {
        id: "sorry",
        kind: "recovery",
        title: "Sorry",
        value: 1,
        cost: 0,
        currency: "EUR",
        content: {},
        caseType: "delay",
        eligibility: "customer.openCase == false",
        treatments: [
          {
            channels: ["email"],
            content: {
              a: 'context.given {{ context.attributes.name | default: "context.given" }}',
              b: "{% if customer.openCase %}Sorry{% endif %} {{ customer.openCase }}",
            },
          },
        ],
      },
    ])
  })

  test("is a plan with today's rules, a contact with today's keys, and a firing that still counts", async () => {
    const [plan] = await shop.sql("select request, to_jsonb(plans)::text as whole from plans")
    expect(plan!.request).toMatchObject({ segments: [{ id: "s", rule: "customer.openCase == false" }] })
    expect(plan!.whole).toContain('"openCase"')
    const { reservations } = await shop.services.store.customers.read({ customerId })
    expect(reservations).toEqual([
      expect.objectContaining({ contactGroup: "june", caseId: "o-1" }),
      expect.not.objectContaining({ contactGroup: expect.anything() }),
    ])
    expect(await shop.sql("select firing_window from trigger_firings")).toEqual([{ firing_window: "2026-01-01" }])
  })

  test("is a release whose manifest says what blocks the networks", async () => {
    const { models } = (await shop.ask("GET", "/v1/models")).json as { models: { manifest: unknown }[] }
    expect(models[0]!.manifest).toEqual({
      propensity: {
        decisions: 3,
        propensity: { blockedBecause: "too few", test: { logLossGain: { value: 1 }, logLoss: 2 } },
        incremental: { blockedBecause: null, slope: null },
      },
      keep: { reason: "x" },
    })
  })
})

test("a decision recorded by version 0.1 reads and replays as if it were recorded today", async () => {
  await shop.ask("POST", "/v1/offers", {
    body: { offers: [{ id: "sale", kind: "promotion", title: "Sale", value: 40, placements: ["hero"] }] },
  })
  await shop.refreshCatalogue()
  const body = { customer: { userId: "u" }, placement: "hero", channel: "web", context: { attributes: { rain: true } } }
  const { decisionId } = (await shop.ask("POST", "/v1/decide", { key: "read", body })).json
  const paths = [`/v1/decisions/${decisionId}`, `/v1/decisions/${decisionId}/replay`]
  const answers = () => Promise.all(paths.map(async (path) => (await shop.ask("GET", path)).json))
  const before = await answers()
  expect(before[0]).toMatchObject({ trace: { attributes: { "context.rain": true } } })
  await shop.sql(`update decisions set trace = (trace - 'contextFeatures' - 'attributes' - 'options' - 'dropped')
    || jsonb_build_object('situation', trace -> 'contextFeatures', 'facts', trace -> 'attributes',
      'options', (select jsonb_agg((option - 'maxProbability') || jsonb_build_object('largestShare', option -> 'maxProbability',
        'propensitySource', case option ->> 'propensitySource' when 'unconditional' then 'given' else option ->> 'propensitySource' end)
        order by place) from jsonb_array_elements(trace -> 'options') with ordinality as listed(option, place)),
      'dropped', replace((trace -> 'dropped')::text, '"openCase"', '"openMatter"')::jsonb)
    where id = '${decisionId}'`)
  expect(await answers()).toEqual(before)
  const { decisions } = (await shop.services.store.customers.exportAll(String(before[0]!.customerId)))!
  expect(decisions).toEqual([expect.objectContaining({ trace: before[0]!.trace })])
})
