import type { CapacityUsage } from "../core/decision/capacity-usage.ts"
import { defaultPolicy, type Policy } from "../core/policy/policy.ts"
import { policyInZone } from "../core/policy/policy-in-zone.ts"
import type { ShopSettings } from "../core/settings/shop-settings.ts"
import type { StoredPolicy } from "../store/policies/policies.ts"
import type { Store } from "../store/store.ts"
import { type Follower, follow, type Pace } from "./follow.ts"
import type { LoopTools } from "./repeat.ts"

export interface FollowedPolicies extends Follower {
  /** The policy in force of a placement: its own, else that of `default`, else the built-in one. */
  of(placement: string): Policy
  /** Returns the usage of what policies and offers limit. */
  capacityUsage(): CapacityUsage
  /** Every policy in force but the built-in one, with its placement and since when it is, milliseconds since the epoch. */
  all(): readonly { placement: string; policy: Policy; sinceMs: number }[]
}

interface Tools extends LoopTools {
  store: Pick<Store, "policies" | "capacities">
  /** Settings whose time zone holds where a policy names none. */
  settings: { current(): Pick<ShopSettings, "timeZone"> }
  clock: () => number
}

/** Keeps policies and capacity usage in memory, at most about a second old; a version that was read before stays the same object. */
export async function followPolicies(tools: Tools, { pauseMs = 1000 }: Pace = {}): Promise<FollowedPolicies> {
  const { store, settings, clock } = tools
  let policies: ReadonlyMap<string, Policy> = new Map()
  let sinceMs: ReadonlyMap<string, number> = new Map()
  let capacityUsage: CapacityUsage = new Map()
  const placed = new WeakMap<Policy, { timeZone: string; policy: Policy }>()
  const inZone = (policy: Policy): Policy => {
    const { timeZone } = settings.current()
    const before = placed.get(policy)
    if (before?.timeZone === timeZone) return before.policy
    const now = { timeZone, policy: policyInZone(policy, timeZone) }
    placed.set(policy, now)
    return now.policy
  }
  const follower = await follow(tools, { name: "follow-policies", pauseMs }, async () => {
    const [stored, gone] = await Promise.all([store.policies.current(), store.capacities.read(clock())])
    policies = new Map(stored.map((one) => [one.placement, known(policies.get(one.placement), one)]))
    sinceMs = new Map(stored.map(({ placement, createdAt }) => [placement, createdAt]))
    capacityUsage = gone
  })
  return {
    ...follower,
    of: (placement) => inZone(policies.get(placement) ?? policies.get("default") ?? defaultPolicy),
    capacityUsage: () => capacityUsage,
    all: () =>
      [...policies].map(([placement, policy]) => ({
        placement,
        policy: inZone(policy),
        sinceMs: sinceMs.get(placement)!,
      })),
  }
}

const known = (before: Policy | undefined, { version, placement, policy }: StoredPolicy): Policy =>
  before?.version === version ? before : { version, placement, ...policy }
