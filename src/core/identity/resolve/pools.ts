import type { ComparisonPlan } from "./comparison-plan.ts"
import { TokenPool } from "./token-pool.ts"

/** Values of fields as numbers: a pool for each comparison, and more for the parts of places and e-mail addresses. */
export interface Pools {
  byComparison: readonly TokenPool[]
  address: TokenPool
  town: TokenPool
  townName: TokenPool
  postcode: TokenPool
  mailbox: TokenPool
  domain: TokenPool
}

export const createPools = (plan: ComparisonPlan): Pools => ({
  byComparison: plan.comparisons.map(() => new TokenPool()),
  address: new TokenPool(),
  town: new TokenPool(),
  townName: new TokenPool(),
  postcode: new TokenPool(),
  mailbox: new TokenPool(),
  domain: new TokenPool(),
})

/** All pools, in the order in which a model keeps them. */
export const allPools = ({ byComparison, address, town, townName, postcode, mailbox, domain }: Pools): TokenPool[] => [
  ...byComparison,
  address,
  town,
  townName,
  postcode,
  mailbox,
  domain,
]
