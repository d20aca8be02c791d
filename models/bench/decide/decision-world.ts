import { createRandom } from "../../random.ts"
import { randomWorld, type World, type WorldParameter } from "../../simulate/world.ts"

/**
 * Ranges in which a world for decisions differs from others: customers browse more, so that features are informative, and tastes vary
 * more between customers than popularity does between items, so that no single offer is best for most.
 */
export const decisionRanges = {
  customers: [900, 1200],
  browseSessionsPerYear: [12, 30],
  tasteStrength: [1.5, 2.5],
  categoryAffinitySpread: [1.4, 2.2],
  popularitySpread: [0.1, 0.4],
  responseSpread: [0.2, 0.5],
} as const satisfies Partial<Record<WorldParameter, readonly [number, number]>>

/** Draws a world from the shop's ranges, those above taking precedence. */
export function decisionWorld(seed: number): World {
  const random = createRandom(seed, 0x6465636964)
  const drawn = Object.entries(decisionRanges).map(([name, [low, high]]) => {
    const value = low + random() * (high - low)
    return [name, name === "customers" ? Math.round(value) : Number(value.toPrecision(4))]
  })
  return { ...randomWorld(seed), ...Object.fromEntries(drawn) }
}
