import type { RebuyPair } from "../../src/core/repurchase/choose-rebuys.ts"
import { type Rebuy, rebuyProbabilities } from "../../src/core/repurchase/rebuy.ts"
import type { TrainingSnapshot } from "./training-snapshot.ts"

export interface LabelledPair extends RebuyPair {
  bought: boolean
}

/** Every pair bought before the snapshot's cut, as the serving function sees it, with what came of it. */
export function candidatePairs(
  rebuy: Rebuy,
  { histories, outcomes, cut, customerIds }: TrainingSnapshot,
): LabelledPair[] {
  return histories.flatMap((history, customer) => {
    const customerId = customerIds[customer]!
    const { bought } = outcomes[customer]!
    return rebuyProbabilities(history, rebuy, cut).items.map(({ itemId, probability }) => ({
      customerId,
      itemId,
      probability,
      bought: bought.has(itemId),
    }))
  })
}
