import { readFileSync } from "node:fs"
import fc from "fast-check"
import { expect, test } from "vitest"
import { defaultWorld, parseWorld, randomWorld, worldParameters } from "../../models/simulate/world.ts"
import { ApiError } from "../../src/core/problem/problem.ts"

function pointersOf(json: unknown): string[] {
  try {
    parseWorld(json)
  } catch (error) {
    if (error instanceof ApiError) return error.errors.map(({ pointer }) => pointer).sort()
    throw error
  }
  return []
}

test("a world file is refused with a pointer at each unknown, missing and out-of-range field", () => {
  const { days: _, ...withoutDays } = defaultWorld
  expect(pointersOf({ ...withoutDays, custommers: 5, items: 49, churnPerYear: -0.1, customers: 2.5 })).toEqual([
    "/churnPerYear",
    "/customers",
    "/custommers",
    "/days",
    "/items",
  ])
  expect(pointersOf({ ...defaultWorld, items: "400" })).toEqual(["/items"])
  expect(pointersOf([])).toEqual([""])
  expect(parseWorld({ ...defaultWorld })).toEqual(defaultWorld)
})

test("a field named like a part of every object is refused as well", () => {
  expect(pointersOf(JSON.parse(`{ "__proto__": 1, ${JSON.stringify(defaultWorld).slice(1)}`))).toEqual(["/__proto__"])
})

test("a random world lies within the stated ranges, and its seed alone decides it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
      const world = randomWorld(seed)
      for (const [name, { draw }] of Object.entries(worldParameters)) {
        const value = world[name as keyof typeof world]
        expect(value, name).toBeGreaterThanOrEqual(draw[0])
        expect(value, name).toBeLessThanOrEqual(draw[1])
      }
      expect(randomWorld(seed)).toEqual(world)
    }),
  )
  expect(randomWorld(1)).not.toEqual(randomWorld(2))
})

test("the card documents every field with its unit and ranges, and no other", () => {
  const card = readFileSync("models/simulate/card.md", "utf8")
  const rows = card.split("\n").map((line) => line.split("|").map((cell) => cell.trim()))
  const fields = rows.filter((cells) => cells.length === 7 && cells[1]!.startsWith("`"))
  const documented = Object.fromEntries(
    fields.map(([, name, unit, range, draw]) => [name!.slice(1, -1), [unit, range, draw]]),
  )
  const stated = Object.entries(worldParameters).map(([name, { unit, min, max, draw }]) => [
    name,
    [unit, `${min} to ${max}`, `${draw[0]} to ${draw[1]}`],
  ])
  expect(documented).toEqual(Object.fromEntries(stated))
})
