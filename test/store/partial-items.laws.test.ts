import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { openTestApp, type TestApp } from "../support/test-app.ts"

let shop: TestApp
beforeAll(async () => {
  shop = await openTestApp()
})
afterAll(() => shop.close())

type Fields = Record<string, unknown>
interface Statement {
  isWhole: boolean
  minute: number
  fields: Fields
}

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 12, minute)).toISOString()
const send = async (method: "POST" | "PATCH", items: readonly object[]) => {
  const { status } = await shop.ask(method, "/v1/items", { key: "ingest", body: { items } })
  expect(status).toBe(200)
}
let made = 0

/** Sends statements in portions; neighbours of one kind that fall into one portion go in one request. */
async function tell(id: string, statements: readonly Statement[], portion: number): Promise<void> {
  for (let start = 0; start < statements.length; start += portion) {
    for (const isWhole of [true, false]) {
      const items = statements
        .slice(start, start + portion)
        .filter((statement) => statement.isWhole === isWhole)
        .map(({ minute, fields }) =>
          isWhole ? { id, title: "T", ...fields, updatedAt: at(minute) } : { id, at: at(minute), patch: fields },
        )
      if (items.length > 0) await send(isWhole ? "POST" : "PATCH", items)
    }
  }
}

/** The merge of RFC 7396, section 2. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch
  const merged: Fields = typeof target === "object" && target !== null ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else merged[name] = mergePatch(merged[name], value)
  }
  return merged
}

const withoutEmpty = ({ attributes, ...item }: Fields) =>
  attributes === undefined || Object.keys(attributes as object).length === 0 ? item : { ...item, attributes }

function foldInTime(id: string, statements: readonly Statement[]): Fields {
  let item: Fields = {}
  for (const { isWhole, fields, minute } of statements.toSorted((a, b) => a.minute - b.minute)) {
    const stated = isWhole ? { title: "T", ...fields } : (mergePatch(item, fields) as Fields)
    item = { ...stated, id, updatedAt: at(minute) }
  }
  return withoutEmpty(item)
}

const value = fc.integer({ min: 0, max: 2 })
const names = ["price", "stock", "brand"] as const
const arbitraryOf = (name: (typeof names)[number]) => (name === "brand" ? value.map((n) => `b${n}`) : value)
const fieldsOf = (orRemoved: <T>(values: fc.Arbitrary<T>) => fc.Arbitrary<T | null>): fc.Arbitrary<Fields> =>
  fc.record(
    {
      ...Object.fromEntries(names.map((name) => [name, orRemoved<unknown>(arbitraryOf(name))])),
      category: orRemoved(fc.subarray(["skin", "hair"], { minLength: 1 })),
      attributes: orRemoved(
        fc.record({ size: orRemoved(value), "a/b": orRemoved(value) }, { requiredKeys: [] }) as fc.Arbitrary<unknown>,
      ),
    },
    { requiredKeys: [] },
  )
const whole = fieldsOf((values) => values).map((fields) => ({ isWhole: true, fields }))
const patch = fc
  .record({ fields: fieldsOf(fc.option), title: fc.option(fc.constantFrom("T", "U"), { nil: undefined }) })
  .map(({ fields, title }) => ({ isWhole: false, fields: title === undefined ? fields : { ...fields, title } }))
const statements = fc.array(fc.oneof({ weight: 1, arbitrary: whole }, { weight: 3, arbitrary: patch }), {
  minLength: 1,
  maxLength: 8,
})

/** Statements with their minutes, in two orders of arrival, and how many come at once. */
const told = (minutesOf: (count: number) => fc.Arbitrary<number[]>) =>
  fc
    .record({ first: whole, others: statements })
    .chain(({ first, others }) =>
      minutesOf(others.length + 1).map((minutes) =>
        [first, ...others].map((statement, n): Statement => ({ ...statement, minute: minutes[n]! })),
      ),
    )
    .chain(([first, ...others]) =>
      fc.record({
        first: fc.constant(first!),
        others: fc.constant(others),
        shuffled: fc.shuffledSubarray(others, { minLength: others.length }),
        portion: fc.integer({ min: 1, max: 4 }),
      }),
    )

test("partial updates in any order and portions are the fold of merge patches in the order of their times", async () => {
  const distinct = (count: number) =>
    fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: count, maxLength: count })
  await fc.assert(
    fc.asyncProperty(told(distinct), async ({ first, shuffled, portion }) => {
      const id = `law-${++made}`
      await tell(id, [first, ...shuffled], portion)
      const { json } = await shop.ask("GET", `/v1/items/${id}`)
      expect(withoutEmpty(json)).toEqual(foldInTime(id, [first, ...shuffled]))
    }),
  )
})

test("statements of one moment end the same in whatever order they come", async () => {
  const crowded = (count: number) => fc.array(fc.integer({ min: 0, max: 2 }), { minLength: count, maxLength: count })
  await fc.assert(
    fc.asyncProperty(told(crowded), async ({ first, others, shuffled, portion }) => {
      const ends = []
      for (const order of [others, shuffled]) {
        const id = `law-${++made}`
        await tell(id, [first, ...order], portion)
        const { id: _, ...item } = (await shop.ask("GET", `/v1/items/${id}`)).json
        ends.push(withoutEmpty(item))
      }
      expect(ends[0]).toEqual(ends[1])
    }),
  )
})
