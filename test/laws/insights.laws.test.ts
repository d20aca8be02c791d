import "../support/law-runs.ts"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { recountFigures } from "../../src/actions/insights/recount-figures.ts"
import { quarterOf } from "../../src/core/decision/arm.ts"
import type { Insights } from "../../src/core/insight/insight-schema.ts"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp({ environment: { HOLDOUT_SHARE: "0.4" } })
})
afterAll(() => shop.close())

const people = ["a", "b", "c"] as const
const person = fc.constantFrom(...people)
const order = fc.constantFrom("1", "2", "3")
const hoursAgo = fc.nat({ max: 24 * 150 })
const step = fc.oneof(
  fc.record({
    kind: fc.constant("order" as const),
    who: person,
    order,
    total: fc.integer({ min: 1, max: 90 }),
    hoursAgo,
  }),
  fc.record({ kind: fc.constant("cancel" as const), who: person, order, hoursAgo }),
  fc.record({ kind: fc.constant("complaint" as const), who: person, hoursAgo }),
  fc.record({ kind: fc.constant("join" as const), who: person, whom: person }),
  fc.record({ kind: fc.constant("count" as const) }),
)

let run = 0

/** Numbered orders that stand, in raw events: the earliest told and the highest total of each customer's number, unless it was cancelled. */
const standing = `
  select customer_id, properties ->> 'orderId' as number, min(at) filter (where name = 'Order Completed') as at,
    max((properties ->> 'total')::float8) as total
  from events where name in ('Order Completed', 'Order Cancelled') group by 1, 2
  having count(*) filter (where name = 'Order Cancelled') = 0`

test("figures equal a query over raw events, whatever is late, doubled, cancelled or joined", async () => {
  const { from, until, name } = quarterOf(shop.services.clock())
  const within = `at >= to_timestamp(${from / 1000}) and at < to_timestamp(${until / 1000})`
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const own = ++run
      const idOf = (who: string) => `${who}-${own}`
      const send = async (type: string, body: Record<string, unknown>, n: number) => {
        const answer = await shop.ask("POST", `/v1/${type}`, {
          key: "ingest",
          body: { ...body, messageId: `${own}-${n}` },
        })
        expect(answer.status, answer.text).toBe(200)
      }
      for (const [n, one] of steps.entries()) {
        const at = (ago: number) => new Date(shop.services.clock() - ago * 3_600_000).toISOString()
        const track = (who: string, event: string, ago: number, properties: object) =>
          send("track", { anonymousId: idOf(who), event, timestamp: at(ago), properties }, n)
        if (one.kind === "order")
          await track(one.who, "Order Completed", one.hoursAgo, {
            order_id: `${own}-${one.who}-${one.order}`,
            total: one.total,
            currency: "EUR",
          })
        else if (one.kind === "cancel")
          await track(one.who, "Order Cancelled", one.hoursAgo, { order_id: `${own}-${one.who}-${one.order}` })
        else if (one.kind === "complaint")
          await track(one.who, "Complaint Opened", one.hoursAgo, { complaint_id: `${n}` })
        else if (one.kind === "join" && one.who !== one.whom)
          await send("alias", { userId: idOf(one.who), previousId: idOf(one.whom) }, n)
        else if (one.kind === "count") await recountFigures(shop.services)
      }
      await recountFigures(shop.services)

      const [truth] = await shop.sql(`
        with standing as (${standing}),
          followed as (select standing.*, lead(at) over (partition by customer_id order by at, number) as next from standing)
        select count(*)::int as orders, count(distinct customer_id)::int as buyers, coalesce(sum(total), 0)::float8 as revenue,
          coalesce(sum(case when next <= at + interval '30 days' then 1 else 0 end), 0)::int as followed,
          (select count(*)::int from events where name = 'Complaint Opened' and ${within}) as complaints,
          (select count(*)::int from profiles where merged_into is null) as customers
        from followed where at is not null and ${within}`)
      const read = async (goal: string) =>
        (await shop.ask("GET", `/v1/insights?goal=${goal}&quarter=${name}`, { key: "read" }))
          .json as unknown as Insights
      const [orders, conversion, revenue, average, repurchase, complaints] = await Promise.all(
        ["orders", "conversion", "revenue", "averageOrder", "repurchase30", "complaints"].map(read),
      )
      expect({
        orders: orders!.total.numerator,
        inDays: orders!.series.reduce((sum, { numerator }) => sum + numerator, 0),
        buyers: conversion!.total.numerator,
        customers: conversion!.total.denominator,
        revenue: revenue!.total.numerator,
        counted: average!.total.denominator,
        followed: repurchase!.total.numerator,
        complaints: complaints!.total.numerator,
      }).toEqual({
        orders: truth!.orders,
        inDays: truth!.orders,
        buyers: truth!.buyers,
        customers: truth!.customers,
        revenue: truth!.revenue,
        counted: truth!.orders,
        followed: truth!.followed,
        complaints: truth!.complaints,
      })
    }),
  )
}, 600_000)
