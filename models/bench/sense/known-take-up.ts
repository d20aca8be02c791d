import { logit, solvePositive } from "../../../src/core/measure/logistic-regression.ts"
import { choiceFeatureNames, choiceFeatures } from "../../../src/core/propensity/choice-features.ts"
import type { OpenWorld } from "./open-world.ts"

const width = choiceFeatureNames.length + 1

interface KnownTakeUpOptions {
  customerIds: readonly string[]
  nowMs: number
  /** True P(the customer takes up a suggestion of the item). */
  moved: (customerId: string, itemId: string) => number
}

/**
 * Returns log-odds of take-up as far as the prior's features tell them: a least-squares fit to the truth itself, of each half of the
 * customers from the other.
 */
export async function knownTakeUp(
  { services: { store, live, catalogue } }: Pick<OpenWorld, "services">,
  { customerIds, nowMs, moved }: KnownTakeUpOptions,
): Promise<(customerId: string, itemId: string) => number> {
  const release = live.current()!
  const { items } = catalogue.current()
  const halfOf = new Map(customerIds.map((customerId, n) => [customerId, n % 2]))
  const writers = new Map<string, ReturnType<typeof choiceFeatures>>()
  for (const customerId of customerIds) {
    const { history } = await store.customers.read({ customerId })
    writers.set(customerId, choiceFeatures({ history, vector: null, nowMs }, release, items))
  }
  const row = new Float64Array(width)
  const write = (customerId: string, itemId: string) => {
    const { write, factsOf } = writers.get(customerId)!
    write(factsOf(itemId), row, 0)
    row[width - 1] = 1
  }
  const weights = [0, 1].map((half) => {
    const products = new Float64Array(width * width)
    const sums = new Float64Array(width)
    for (let n = 0; n < width; n++) products[n * width + n] = 1
    for (const customerId of customerIds.filter((id) => halfOf.get(id) !== half)) {
      for (const itemId of items.keys()) {
        write(customerId, itemId)
        const target = logit(moved(customerId, itemId))
        for (let n = 0; n < width; n++) {
          sums[n]! += row[n]! * target
          for (let m = 0; m <= n; m++) products[n * width + m]! += row[n]! * row[m]!
        }
      }
    }
    return solvePositive(products, sums)
  })
  return (customerId, itemId) => {
    const own = weights[halfOf.get(customerId)!]!
    write(customerId, itemId)
    return row.reduce((sum, value, n) => sum + value * own[n]!, 0)
  }
}
