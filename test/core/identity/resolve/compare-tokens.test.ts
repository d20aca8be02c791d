import { expect, test } from "vitest"
import { compareTokens } from "../../../../src/core/identity/resolve/compare-tokens.ts"
import { tokensOf } from "../../../../src/core/identity/resolve/fold-text.ts"
import { TokenPool } from "../../../../src/core/identity/resolve/token-pool.ts"

const pool = new TokenPool()
const read = (text: string) => tokensOf(text).map((token) => pool.intern(token))
const compare = (a: string, b: string) => ({ ...compareTokens(read(a), read(b), pool) })

test("swapped names agree in full", () => {
  expect(compare("Isla Hall", "Hall, Isla")).toMatchObject({ exact: 2, leftA: 0, leftB: 0 })
})

test("case, diacritics and apostrophes make no difference", () => {
  expect(compare("Zoë O'Brien", "ZOE OBRIEN")).toMatchObject({ exact: 2, leftA: 0, leftB: 0 })
})

test("a slip is near, an initial is an initial, and another name is left on both sides", () => {
  expect(compare("Allen", "Alen")).toMatchObject({ exact: 0, near: 1, leftA: 0 })
  expect(compare("R Allen", "Robert Allen")).toMatchObject({ exact: 1, initials: 1, leftA: 0 })
  expect(compare("Robert Allen", "Grace Allen")).toMatchObject({ exact: 1, near: 0, leftA: 1, leftB: 1 })
})

test("an agreement on a rare name counts more than one on a common name", () => {
  const names = new TokenPool()
  const [rare, common] = [names.intern("quill"), names.intern("smith")]
  names.setCounts(Float64Array.of(2, 500), 1000)
  const chanceOf = (name: number) => compareTokens([name], [name], names).logChance
  expect(chanceOf(common)).toBeCloseTo(Math.log((500 - 1 + names.onceSeen) / 1000))
  expect(chanceOf(rare)).toBeLessThan(chanceOf(common))
})

test("learnt forms of one name stand for each other", () => {
  const names = new TokenPool()
  const [formal, short] = [names.intern("margaret"), names.intern("peg")]
  expect(compareTokens([formal], [short], names).near).toBe(0)
  names.setAliases([[formal, short]])
  expect(compareTokens([formal], [short], names).near).toBe(1)
})
