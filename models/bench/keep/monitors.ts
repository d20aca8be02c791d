import { createCertificate } from "../../../src/core/plan/certificate.ts"
import { createHaltMonitor, type HaltDesign } from "../../../src/core/plan/halt.ts"
import { isInHoldout } from "../../../src/core/plan/holdout.ts"
import { measureIncrement } from "../../../src/core/plan/measure-increment.ts"
import { sendValue } from "../../../src/core/plan/send-economics.ts"
import { createRandom } from "../../random.ts"
import type { BenchCustomer } from "./run-world.ts"
import { type Clustering, resolvedSends } from "./sent-customers.ts"

/** Returns the share of `runs` monitors over `sends` at exactly the promise that halt. */
export function falseHalts(design: HaltDesign, clustering: Clustering, runs: number, sends: number): number {
  let halted = 0
  for (let run = 0; run < runs; run++) {
    const halt = createHaltMonitor(design)
    for (const outcome of resolvedSends(sends, () => design.promise, clustering, createRandom(run, 1))) {
      halt.add(outcome)
      if (!halt.halts()) continue
      halted++
      break
    }
  }
  return halted / runs
}

/** Returns the share of `runs` monitors that halt within 300 sends at `bad`, among those that did not halt in `before` sends at `good`. */
export function haltPower(
  design: HaltDesign,
  clustering: Clustering,
  { runs, before, good, bad }: { runs: number; before: number; good: number; bad: number },
): number {
  let [halted, counted] = [0, 0]
  for (let run = 0; counted < runs; run++) {
    const halt = createHaltMonitor(design)
    const shareAt = (n: number) => (n < before ? good : bad)
    let n = 0
    for (const outcome of resolvedSends(before + 300, shareAt, clustering, createRandom(run, 2, before))) {
      halt.add(outcome)
      n++
      if (halt.halts()) break
    }
    if (halt.halts() && n <= before) continue
    counted++
    if (halt.halts()) halted++
  }
  return halted / runs
}

/** Returns the share of `runs` plans at exactly the promise whose certificate ever exceeds it, checked after every 50 sends. */
export function falseCertificates(promise: number, clustering: Clustering, runs: number, sends: number): number {
  let above = 0
  for (let run = 0; run < runs; run++) {
    const certificate = createCertificate()
    let n = 0
    for (const outcome of resolvedSends(sends, () => promise, clustering, createRandom(run, 3))) {
      certificate.add(outcome)
      if (++n % 50 !== 0 || certificate.certificate().lower <= promise) continue
      above++
      break
    }
  }
  return above / runs
}

const planned = 5000

/** Returns the share of `runs` simulated plans whose 95 % interval contains the true increment a customer; NaN without customers. */
export function incrementCoverage(customers: readonly BenchCustomer[], runs: number): number {
  if (customers.length === 0) return Number.NaN
  const trueValueOf = ({ sends }: BenchCustomer) => sends.reduce((sum, terms) => sum + sendValue(terms), 0)
  const truth = customers.reduce((sum, customer) => sum + trueValueOf(customer), 0) / customers.length
  let covered = 0
  for (let run = 0; run < runs; run++) {
    const random = createRandom(run, 4)
    const outcomes = Array.from({ length: planned }, (_, n) => {
      const { sends } = customers[Math.floor(random() * customers.length)]!
      const inHoldout = isInHoldout(`plan-${run}`, `customer-${n}`, 0.1)
      const value = sends.reduce((sum, terms) => {
        if (inHoldout) return sum + (random() < terms.buysAnyway ? terms.organicMargin : 0)
        if (random() < terms.keep) return sum + terms.margin + terms.goodwill - terms.outboundCost
        const isLost = random() < terms.lossRate
        return sum - terms.outboundCost - (isLost ? terms.unitCost : terms.returnCost) - terms.annoyance
      }, 0)
      return { inHoldout, value }
    })
    const { low, high } = measureIncrement(outcomes)
    if (low <= truth && truth <= high) covered++
  }
  return covered / runs
}
