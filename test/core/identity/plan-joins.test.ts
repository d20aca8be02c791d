import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Identifier } from "../../../src/core/customer/identifier.ts"
import {
  apartRefusal,
  type JoinPlan,
  type JoinRequest,
  type KnownIdentifier,
  planJoins,
  publicKeyRefusal,
  publicNameRefusal,
  sharedDeviceRefusal,
} from "../../../src/core/identity/plan-joins.ts"

const userId = (value: string): Identifier => ({ type: "userId", value })
const anonymousId = (value: string): Identifier => ({ type: "anonymousId", value })
const idOf = ({ type, value }: Identifier) => `new:${type}:${value}`

function plan(
  requests: readonly (JoinRequest["event"] & { mayMerge?: boolean })[],
  owners: readonly (readonly [Identifier, string, number])[] = [],
  apart: readonly (readonly [string, string])[] = [],
): JoinPlan {
  const identifiers = owners.map(([identifier, customerId]): KnownIdentifier => ({ ...identifier, customerId }))
  const customers = owners.map(([, customerId, createdAt]) => ({ customerId, createdAt }))
  return planJoins(
    requests.map(({ mayMerge = true, ...event }) => ({ event, mayMerge })),
    { identifiers, customers, apart },
    { idOf, createdAt: 100 },
  )
}

test("the strongest identifier names an unknown customer, and the others are attached to it", () => {
  expect(plan([{ identifiers: [userId("u"), anonymousId("a")] }])).toEqual({
    outcomes: [{ customerId: "new:userId:u" }],
    created: ["new:userId:u"],
    attached: [
      { ...userId("u"), customerId: "new:userId:u" },
      { ...anonymousId("a"), customerId: "new:userId:u" },
    ],
    confirmed: [],
    used: [],
    merges: [],
  })
})

test("an anonymous customer whose userId a server says stays the same customer", () => {
  const result = plan([{ identifiers: [userId("u"), anonymousId("a")] }], [[anonymousId("a"), "A", 1]])
  expect(result.outcomes).toEqual([{ customerId: "A" }])
  expect(result.created).toEqual([])
  expect(result.attached).toEqual([{ ...userId("u"), customerId: "A" }])
})

test("customers of whom somebody said that they are two people stay two, whomever either is joined with", () => {
  const people = [
    [anonymousId("a"), "A", 1],
    [anonymousId("b"), "B", 2],
    [userId("c"), "C", 3],
  ] as const
  const asked = [
    { identifiers: [anonymousId("a"), anonymousId("b")] },
    { identifiers: [userId("c"), anonymousId("b")] },
  ]
  const result = plan(asked, people, [["C", "A"]])
  expect(result.merges.map(({ from, into, via }) => [from, into, via.value])).toEqual([["B", "A", "b"]])
  expect(result.outcomes).toEqual([{ customerId: "A" }, { customerId: "C", refusal: apartRefusal }])
})

test("a second person on a device gets a customer of their own", () => {
  const result = plan(
    [{ identifiers: [userId("bob"), anonymousId("tablet")] }],
    [
      [userId("ann"), "A", 1],
      [anonymousId("tablet"), "A", 1],
    ],
  )
  expect(result.outcomes).toEqual([{ customerId: "new:userId:bob", refusal: sharedDeviceRefusal }])
  expect(result.merges).toEqual([])
})

describe("two existing customers", () => {
  const known = [
    [userId("u"), "U", 5],
    [anonymousId("a"), "A", 2],
  ] as const

  test("become the older one", () => {
    const result = plan([{ identifiers: [userId("u"), anonymousId("a")] }], known)
    expect(result).toMatchObject({ outcomes: [{ customerId: "A" }], merges: [{ from: "U", into: "A" }] })
  })

  test("stay two for a public key, whether it tracks or aliases", () => {
    const refused = [{ customerId: "U", refusal: publicKeyRefusal }]
    expect(plan([{ identifiers: [userId("u"), anonymousId("a")], mayMerge: false }], known).outcomes).toEqual(refused)
    const alias = { identifiers: [userId("u")], previousId: "a", mayMerge: false }
    expect(plan([alias], known).outcomes).toEqual([{ customerId: "U", refusal: publicNameRefusal }])
  })

  test("with two userIds are one only after an alias", () => {
    const people = [
      [userId("u"), "U", 5],
      [userId("v"), "V", 2],
    ] as const
    expect(plan([{ identifiers: [userId("u")], previousId: "v" }], people).merges).toMatchObject([
      { from: "U", into: "V" },
    ])
  })
})

describe("a public key", () => {
  const people = [
    [userId("u"), "U", 5],
    [anonymousId("a"), "A", 2],
  ] as const
  const says = (event: JoinRequest["event"]) => plan([{ ...event, mayMerge: false }], people)

  test("attaches its new anonymousId to a userId, known or not", () => {
    expect(says({ identifiers: [userId("u"), anonymousId("new")] })).toEqual({
      outcomes: [{ customerId: "U" }],
      created: [],
      attached: [{ ...anonymousId("new"), customerId: "U", trust: "claimed" }],
      confirmed: [],
      used: [],
      merges: [],
    })
    const itself = { identifiers: [userId("v"), anonymousId("new")], previousId: "new" }
    expect(says(itself).attached.map(({ value }) => value)).toEqual(["v", "new"])
  })

  test("gives nobody a second name by an alias, in either direction", () => {
    for (const [name, previousId] of [
      ["u", "future"],
      ["future", "u"],
      ["future", "a"],
    ] as const) {
      const { outcomes, attached, merges } = says({ identifiers: [userId(name)], previousId })
      expect(outcomes[0]!.refusal).toBe(publicNameRefusal)
      expect(attached).toEqual(name === "future" ? [{ ...userId("future"), customerId: "new:userId:future" }] : [])
      expect(merges).toEqual([])
    }
  })

  test("does not name an anonymous customer who is already known", () => {
    const { outcomes, attached } = says({ identifiers: [userId("future"), anonymousId("a")] })
    expect(outcomes).toEqual([{ customerId: "new:userId:future", refusal: publicKeyRefusal }])
    expect(attached).toEqual([{ ...userId("future"), customerId: "new:userId:future" }])
  })

  test("is told the same whether the userIds it names are known or not", () => {
    const refusal = (event: JoinRequest["event"]) => says(event).outcomes[0]!.refusal
    for (const identifiers of [
      (name: string) => [userId(name), anonymousId("a")],
      (name: string) => [userId(name), anonymousId("new")],
      (name: string) => [userId("own"), userId(name)],
    ])
      expect(refusal({ identifiers: identifiers("u") })).toBe(refusal({ identifiers: identifiers("nobody") }))
    const alias = (previousId: string) => refusal({ identifiers: [userId("own")], previousId })
    expect(alias("u")).toBe(alias("nobody"))
  })
})

describe("an anonymousId that only a public key attached", () => {
  const planted = { ...anonymousId("planted"), customerId: "V", trust: "claimed" as const, usedAt: 7 }
  const says = (event: JoinRequest["event"], mayMerge = true) =>
    planJoins(
      [{ event, mayMerge }],
      {
        identifiers: [{ ...userId("vic"), customerId: "V" }, planted],
        customers: [{ customerId: "V", createdAt: 1 }],
      },
      { idOf, createdAt: 100 },
    )

  test("gives way to what a server says of it, and gives its customer no other identifier", () => {
    const email: Identifier = { type: "email", value: "att@mail.example" }
    for (const name of [userId("att"), email]) {
      const identifiers = name === email ? [anonymousId("planted"), name] : [name, anonymousId("planted")]
      const customerId = idOf(name)
      expect(says({ identifiers })).toMatchObject({
        outcomes: [{ customerId }],
        attached: [{ ...name, customerId }],
        confirmed: [{ ...anonymousId("planted"), customerId }],
        merges: [],
      })
    }
  })

  test("is its customer's once a server says so", () => {
    const { outcomes, confirmed } = says({ identifiers: [userId("vic"), anonymousId("planted")] })
    expect(outcomes).toEqual([{ customerId: "V" }])
    expect(confirmed).toEqual([{ ...anonymousId("planted"), customerId: "V" }])
  })

  test("is remembered as used, whoever names it alone", () => {
    for (const mayMerge of [true, false])
      expect(says({ identifiers: [anonymousId("planted")] }, mayMerge)).toMatchObject({
        outcomes: [{ customerId: "V" }],
        confirmed: [],
        used: [planted],
      })
  })
})

describe("the laws of joining", () => {
  const identifier = fc.record({
    type: fc.constantFrom("userId" as const, "anonymousId" as const, "email" as const),
    value: fc.constantFrom("1", "2", "3", "4"),
  })
  const request = fc.record(
    {
      identifiers: fc
        .array(identifier, { minLength: 1, maxLength: 3 })
        .map(([first, ...others]) => [{ ...first!, type: "userId" as const }, ...others]),
      previousId: fc.constantFrom("1", "2", "3", "4"),
      mayMerge: fc.boolean(),
    },
    { requiredKeys: ["identifiers", "mayMerge"] },
  )
  const requests = fc
    .array(request, { maxLength: 12 })
    .map((all) => all.map(({ previousId, ...rest }) => ({ ...rest, ...(previousId !== undefined && { previousId }) })))

  test("an identifier is attached once, and nothing is left with a customer who ended", () => {
    fc.assert(
      fc.property(requests, (all) => {
        const { outcomes, attached, merges } = plan(all)
        const ended = new Set(merges.map(({ from }) => from))
        const names = attached.map(({ type, value }) => `${type}:${value}`)
        expect(new Set(names).size).toBe(names.length)
        expect(ended.size).toBe(merges.length)
        for (const { customerId } of [...outcomes, ...attached]) expect(ended.has(customerId)).toBe(false)
      }),
    )
  })

  test("requests without the right to merge never make two customers one", () => {
    fc.assert(
      fc.property(requests, (all) => {
        expect(plan(all.map((one) => ({ ...one, mayMerge: false }))).merges).toEqual([])
      }),
    )
  })
})
