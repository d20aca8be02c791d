import type { LeftOutBy, PlanFindings } from "./plan-schema.ts"
import type { WeighedItem } from "./weigh-customer.ts"

const cells = 1000

/** Counts, while a plan is made, whom each gate leaves out, and how the kept share falls as more are sent. */
export function createPlanTally() {
  const leftOut = new Map<LeftOutBy, { customers: number; candidates: number }>()
  const byKeep = { sends: new Float64Array(cells), kept: new Float64Array(cells), worth: new Float64Array(cells) }
  let [customers, eligible] = [0, 0]
  const leave = (by: LeftOutBy, of: { customers: number; candidates: number }) => {
    const before = leftOut.get(by) ?? { customers: 0, candidates: 0 }
    leftOut.set(by, {
      customers: before.customers + of.customers,
      candidates: before.candidates + of.candidates,
    })
  }
  return {
    looked: () => customers++,
    passed: () => eligible++,
    /** A customer, whatever the item. */
    leaveCustomer: (by: LeftOutBy) => leave(by, { customers: 1, candidates: 0 }),
    /** Some items of one customer. */
    leaveItems: (by: LeftOutBy, count: number) => leave(by, { customers: count > 0 ? 1 : 0, candidates: count }),
    leaveCandidates: (by: LeftOutBy, candidates: number) => leave(by, { customers: 0, candidates }),
    /** What a customer would best be sent, for the curve. */
    best({ keep, value }: WeighedItem) {
      const cell = Math.min(cells - 1, Math.floor(keep * cells))
      byKeep.sends[cell]!++
      byKeep.kept[cell]! += keep
      byKeep.worth[cell]! += value
    },
    counts: () => ({ customers, eligible }),
    leftOut: (): PlanFindings["leftOut"] =>
      [...leftOut]
        .map(([by, of]) => ({ by, ...of }))
        .filter(({ customers, candidates }) => customers + candidates > 0)
        .sort((a, b) => b.customers - a.customers || b.candidates - a.candidates),
    /** Those surest to be kept first, at most `points` volumes. */
    curve(points = 40): PlanFindings["curve"] {
      const all = byKeep.sends.reduce((sum, count) => sum + count, 0)
      const curve: PlanFindings["curve"] = []
      let [sends, kept, worth] = [0, 0, 0]
      for (let cell = cells - 1; cell >= 0; cell--) {
        if (byKeep.sends[cell] === 0) continue
        sends += byKeep.sends[cell]!
        kept += byKeep.kept[cell]!
        worth += byKeep.worth[cell]!
        const isDue = sends >= ((curve.length + 1) * all) / points || sends === all
        if (isDue) curve.push({ sends, keptShare: kept / sends, worth })
      }
      return curve
    },
  }
}

export type PlanTally = ReturnType<typeof createPlanTally>
