import { defaultPolicy } from "../../core/policy/policy.ts"
import type { PolicyReply } from "../../core/policy/policy-schema.ts"
import type { Services } from "../../services.ts"
import type { StoredPolicy } from "../../store/policies/policies.ts"
import { askPatiently, askStore } from "../operations/with-store-timeout.ts"

type Tools = Pick<Services, "store" | "clock">

const { version, placement: _, ...builtIn } = defaultPolicy

/** What stands for a placement: its own policy, else that of `default`, else the built-in one. */
export async function readPolicy(services: Tools, placement: string): Promise<PolicyReply> {
  const current = await askStore(services, (store) => store.policies.current())
  const stored = [placement, "default"].map((name) => current.find((one) => one.placement === name)).find(Boolean)
  return stored ? reply(stored) : { placement: "default", version, createdAt: null, policy: builtIn }
}

/** The policy in force of every placement that has one. */
export const listPolicies = async (services: Tools): Promise<{ policies: PolicyReply[] }> => ({
  policies: (await askStore(services, (store) => store.policies.current())).map(reply),
})

/** All versions of a placement's policy, newest first. */
export const readPolicyHistory = async (
  services: Tools,
  placement: string,
  limit: number,
): Promise<{ policies: PolicyReply[] }> => ({
  policies: (await askPatiently(services, (store) => store.policies.history(placement, limit))).map(reply),
})

const reply = (stored: StoredPolicy): PolicyReply => ({
  ...stored,
  createdAt: new Date(stored.createdAt).toISOString(),
})
