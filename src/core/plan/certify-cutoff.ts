import { clusteredMean } from "../measure/estimate.ts"

/** A send of the certification window with its result. */
export interface CertifiedSend {
  customerId: string
  /** P(keep | sent) as predicted before the outcome. */
  keep: number
  kept: boolean
}

export interface CertifiedCutoff {
  /** Sends whose P(keep | sent) is at least this meet the promise. */
  cutoff: number
  sends: number
  customers: number
  keptShare: number
  /** Mean prediction of these sends. */
  expected: number
  /** Lower 95 % confidence bound of their kept share, the choice of the cut-off included. */
  lower: number
}

/** The strictest set that is tested: this share of all, and no fewer than so many. */
const strictest = { share: 0.25, sends: 60 }
/** 95 % quantile of the standard normal distribution. */
const errorsBelow = 1.645
const fewestCustomers = 30
const widening = 1.08

/**
 * Returns the lowest cut-off whose sends in the certification window meet the promise with 95 % confidence, the customer as the unit, or `null`.
 * Cut-offs are tested from the surest quarter on to laxer ones, each only while all stricter ones held: so the best of many is not taken for
 * what it only seems (fixed-sequence testing; Angelopoulos et al. 2021, "Learn then Test").
 */
export function certifyCutoff(sends: readonly CertifiedSend[], promise: number): CertifiedCutoff | null {
  const surest = [...sends].sort((a, b) => b.keep - a.keep)
  let found: CertifiedCutoff | null = null
  for (const size of sizesOf(surest)) {
    const tested = testOf(surest.slice(0, size))
    if (!(tested.lower >= promise) || tested.customers < fewestCustomers) break
    found = tested
  }
  return found
}

/** Ever wider sets, none of which parts equals. */
function sizesOf(surest: readonly CertifiedSend[]): number[] {
  const sizes: number[] = []
  const first = Math.max(strictest.sends, strictest.share * surest.length)
  for (let aim = first; aim < surest.length * widening; aim *= widening) {
    let size = Math.min(surest.length, Math.floor(aim))
    while (size < surest.length && surest[size]!.keep === surest[size - 1]!.keep) size++
    if (size >= strictest.sends && size !== sizes.at(-1)) sizes.push(size)
  }
  return sizes
}

/** The bound of the clustered mean, with one more customer who kept and one who did not, so that a set that kept everything is not thought infallible. */
function testOf(set: readonly CertifiedSend[]): CertifiedCutoff {
  const kept = set.map(({ kept }) => (kept ? 1 : 0))
  const ids = set.map(({ customerId }) => customerId)
  const { value, error } = clusteredMean([...kept, 0, 1], [...ids, "\nreturned", "\nkept"])
  return {
    cutoff: set.at(-1)!.keep,
    sends: set.length,
    customers: new Set(ids).size,
    keptShare: kept.reduce((sum: number, one) => sum + one, 0) / set.length,
    expected: set.reduce((sum, { keep }) => sum + keep, 0) / set.length,
    lower: value - errorsBelow * error,
  }
}
