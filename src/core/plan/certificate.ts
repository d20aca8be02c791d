import type { SendOutcome } from "./halt.ts"

/** One customer's resolved sends, and what was staked on each when the first one resolved. */
interface CertifiedCustomer {
  kept: number
  resolved: number
  stake: number
}

/** JSON; customers in the order of their first outcome. */
export interface CertificateState {
  customers: [customerId: string, CertifiedCustomer][]
}

interface Certificate {
  customers: number
  resolved: number
  keptShare: number
  /** The kept share is at least this, however often one looks; 0 while nothing can be said. */
  lower: number
}

export interface RunningCertificate {
  /** Takes the next resolved send. */
  add(outcome: SendOutcome): void
  certificate(): Certificate
  state(): CertificateState
}

/**
 * A cumulative, always-valid lower bound of the kept share by betting (Waudby-Smith and Ramdas 2023), the customer as the unit: against "the
 * share is m" a customer multiplies the capital by 1 + stake · (kept − m · resolved), one stake set before their first outcome, so that
 * outcomes of one customer add up and are never bet on each other. The bound is the least m whose capital is below 1 / level; it holds with
 * probability 1 − level exactly for one send a customer, and for more at any one look; that looking often does no harm then is simulated.
 */
export function createCertificate(level = 0.05, from?: CertificateState): RunningCertificate {
  const customers = new Map((from?.customers ?? []).map(([id, customer]) => [id, { ...customer }]))
  const sums = { kept: 0, resolved: 0, kept2: 0, both: 0, resolved2: 0 }
  for (const customer of customers.values()) count(sums, customer, 1)
  return {
    add({ customerId, kept }) {
      const known = customers.get(customerId)
      const customer = known ?? { kept: 0, resolved: 0, stake: stakeAfter(sums, customers.size, level) }
      if (known === undefined) customers.set(customerId, customer)
      if ((customer.resolved + 1) * customer.stake > mostStaked) return
      count(sums, customer, -1)
      customer.resolved++
      if (kept) customer.kept++
      count(sums, customer, 1)
    },
    certificate: () => ({
      customers: customers.size,
      resolved: sums.resolved,
      keptShare: sums.resolved === 0 ? Number.NaN : sums.kept / sums.resolved,
      lower: lowerBound([...customers.values()], level),
    }),
    state: () => ({ customers: [...customers].map(([id, customer]) => [id, { ...customer }]) }),
  }
}

/** A customer's stakes together, so that the capital never runs out; what would go beyond is not counted. */
const mostStaked = 0.9
const halvings = 40

interface Sums {
  kept: number
  resolved: number
  kept2: number
  both: number
  resolved2: number
}

function count(sums: Sums, { kept, resolved }: CertifiedCustomer, sign: 1 | -1): void {
  sums.kept += sign * kept
  sums.resolved += sign * resolved
  sums.kept2 += sign * kept * kept
  sums.both += sign * kept * resolved
  sums.resolved2 += sign * resolved * resolved
}

/** √(2 ln(1 / level) / (variance · n · ln(n + 1))): what the customers before teach of the variance of one customer's sum. */
function stakeAfter({ kept, resolved, kept2, both, resolved2 }: Sums, customers: number, level: number): number {
  const share = (kept + 0.5) / (resolved + 1)
  const variance = (0.25 + kept2 - 2 * share * both + share * share * resolved2) / (customers + 1)
  const n = customers + 1
  return Math.min(mostStaked, Math.sqrt((2 * Math.log(1 / level)) / (Math.max(variance, 0.01) * n * Math.log(n + 1))))
}

function lowerBound(customers: readonly CertifiedCustomer[], level: number): number {
  const isPoor = (share: number) =>
    customers.reduce((sum, { kept, resolved, stake }) => sum + Math.log1p(stake * (kept - share * resolved)), 0) <
    Math.log(1 / level)
  if (isPoor(0)) return 0
  let [low, high] = [0, 1]
  for (let n = 0; n < halvings; n++) {
    const middle = (low + high) / 2
    if (isPoor(middle)) high = middle
    else low = middle
  }
  return low
}
