import type { ExclusionReason, PlanSummary } from "./plan-schema.ts"
import type { WeighedItem } from "./weigh-customer.ts"

const cells = 1000

/** Counts exclusions by reason and the kept share by volume while a plan is made. */
export function createPlanTally() {
  const exclusions = new Map<ExclusionReason, { customers: number; candidates: number }>()
  const byKeep = { sends: new Float64Array(cells), kept: new Float64Array(cells), value: new Float64Array(cells) }
  let [customers, eligible] = [0, 0]
  const exclude = (reason: ExclusionReason, of: { customers: number; candidates: number }) => {
    const before = exclusions.get(reason) ?? { customers: 0, candidates: 0 }
    exclusions.set(reason, {
      customers: before.customers + of.customers,
      candidates: before.candidates + of.candidates,
    })
  }
  return {
    countCustomer: () => customers++,
    countEligible: () => eligible++,
    /** Excludes a customer, whatever the item. */
    excludeCustomer: (reason: ExclusionReason) => exclude(reason, { customers: 1, candidates: 0 }),
    /** Excludes `count` items of one customer. */
    excludeItems: (reason: ExclusionReason, count: number) =>
      exclude(reason, { customers: count > 0 ? 1 : 0, candidates: count }),
    excludeCandidates: (reason: ExclusionReason, candidates: number) => exclude(reason, { customers: 0, candidates }),
    /** Adds a customer's best candidate to the curve. */
    addBest({ keep, value }: WeighedItem) {
      const cell = Math.min(cells - 1, Math.floor(keep * cells))
      byKeep.sends[cell]!++
      byKeep.kept[cell]! += keep
      byKeep.value[cell]! += value
    },
    counts: () => ({ customers, eligible }),
    exclusions: (): PlanSummary["exclusions"] =>
      [...exclusions]
        .map(([reason, of]) => ({ reason, ...of }))
        .filter(({ customers, candidates }) => customers + candidates > 0)
        .sort((a, b) => b.customers - a.customers || b.candidates - a.candidates),
    /** Returns the kept share by volume, surest candidates first, at about `points` volumes. */
    curve(points = 40): PlanSummary["curve"] {
      const all = byKeep.sends.reduce((sum, count) => sum + count, 0)
      const curve: PlanSummary["curve"] = []
      let [sends, kept, expectedValue] = [0, 0, 0]
      for (let cell = cells - 1; cell >= 0; cell--) {
        if (byKeep.sends[cell] === 0) continue
        sends += byKeep.sends[cell]!
        kept += byKeep.kept[cell]!
        expectedValue += byKeep.value[cell]!
        const isDue = sends >= ((curve.length + 1) * all) / points || sends === all
        if (isDue) curve.push({ sends, keptShare: kept / sends, expectedValue })
      }
      return curve
    },
  }
}

export type PlanTally = ReturnType<typeof createPlanTally>
