import fc from "fast-check"
import { expect, test } from "vitest"
import { mergeClaimedTraits, mergeTraits, saidAt, type TimedTraits } from "../../../src/core/customer/traits.ts"

const value = fc.oneof(
  fc.constantFrom<unknown>(null, "a", "b", 1),
  fc.shuffledSubarray(["x", "y"]).map((keys) => Object.fromEntries(keys.map((key) => [key, 1]))),
)
const statement = fc.record({
  said: fc.dictionary(fc.constantFrom("city", "plan", "__proto__", "toString"), value, { maxKeys: 3 }),
  atMs: fc.integer({ min: 0, max: 5 }),
})
const statements = fc.array(statement, { maxLength: 8 })
const inTwoOrders = statements.chain((given) =>
  fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
)
const nothing: TimedTraits = { traits: {}, times: {} }
const heldAfter = (given: readonly { said: Record<string, unknown>; atMs: number }[]) =>
  given.reduce((held, { said, atMs }) => mergeTraits(held, saidAt(said, atMs)), nothing)

test("the same statements end in the same traits in any order", () => {
  fc.assert(
    fc.property(inTwoOrders, ([one, other]) => {
      expect(heldAfter(other)).toEqual(heldAfter(one))
    }),
  )
})

test("two customers who turn out to be one have the traits of one who said it all", () => {
  fc.assert(
    fc.property(statements, statements, (ours, theirs) => {
      const all = heldAfter([...ours, ...theirs])
      expect(mergeTraits(heldAfter(ours), heldAfter(theirs))).toEqual(all)
      expect(mergeTraits(heldAfter(theirs), heldAfter(ours))).toEqual(all)
    }),
  )
})

test("of each trait the value of its latest statement holds, and none where that removed it", () => {
  fc.assert(
    fc.property(fc.uniqueArray(statement, { maxLength: 8, selector: ({ atMs }) => atMs }), (given) => {
      const { traits } = heldAfter(given)
      for (const name of ["city", "plan", "__proto__", "toString"]) {
        const [latest] = given.filter(({ said }) => Object.hasOwn(said, name)).sort((a, b) => b.atMs - a.atMs)
        const expected = latest === undefined || latest.said[name] === null ? undefined : latest.said[name]
        expect(Object.hasOwn(traits, name) ? traits[name] : undefined).toEqual(expected)
      }
    }),
  )
})

test("however many names there are, the ones said last are kept, in any order", () => {
  const many = fc.array(fc.tuple(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 0, max: 9 }), fc.boolean()), {
    minLength: 100,
    maxLength: 200,
  })
  fc.assert(
    fc.property(
      many.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length }))),
      (orders) => {
        const [one, other] = orders.map((given) =>
          given.reduce(
            (held, [n, atMs, isRemoved]) =>
              mergeClaimedTraits(held, saidAt({ [`trait${n}`]: isRemoved ? null : n }, atMs)),
            nothing,
          ),
        )
        expect(other).toEqual(one)
        expect(Object.keys(one!.times).length).toBeLessThanOrEqual(50)
      },
    ),
  )
})
