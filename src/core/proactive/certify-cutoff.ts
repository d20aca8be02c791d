import { clusteredMean } from "../measure/estimate.ts"

/** What a plan made on the certify window would have sent, and what became of it. */
export interface CertifiedSend {
  customerId: string
  /** P(keep | sent) as it was said before the outcome. */
  keep: number
  kept: boolean
}

export interface CertifiedCutoff {
  /** Sends whose P(keep | sent) is at least this meet the promise. */
  cutoff: number
  sends: number
  customers: number
  keptShare: number
  /** The mean of what was said of them. */
  expected: number
  /** With 95 % confidence the kept share of sends chosen so is at least this, the choice of the cut-off included. */
  lower: number
}

/** Sizes of the strictest sets from which the search goes on to wider ones. */
const starts = [100, 400]
/** Of the standard normal distribution: 1 − 0.05 / 2 lie below. */
const errorsBelow = 1.96
const fewestCustomers = 30
const widening = 1.08

/**
 * The lowest cut-off whose selected sends on the certify window surely meet the promise, the customer as the unit; `null` where none does.
 * Cut-offs are tested from strict to lax, each only while all stricter ones since one of two starts held, and each start spends half of the 5 %:
 * so the best of many is not taken for what it only seems (fixed-sequence testing; Angelopoulos et al. 2021, "Learn then Test").
 */
export function certifyCutoff(sends: readonly CertifiedSend[], promise: number): CertifiedCutoff | null {
  const surest = [...sends].sort((a, b) => b.keep - a.keep)
  const sizes = sizesOf(surest)
  let found: CertifiedCutoff | null = null
  for (const start of starts) {
    for (const size of sizes.filter((size) => size >= start)) {
      const set = surest.slice(0, size)
      const tested = testOf(set)
      if (!(tested.lower >= promise) || tested.customers < fewestCustomers) break
      if (found === null || tested.cutoff < found.cutoff) found = tested
    }
  }
  return found
}

/** Ever wider sets, none of which parts equals. */
function sizesOf(surest: readonly CertifiedSend[]): number[] {
  const sizes: number[] = []
  for (let aim = starts[0]!; aim < surest.length * widening; aim *= widening) {
    let size = Math.min(surest.length, Math.floor(aim))
    while (size < surest.length && surest[size]!.keep === surest[size - 1]!.keep) size++
    if (size > 0 && size !== sizes.at(-1)) sizes.push(size)
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
