import { defaultPolicy } from "../../core/policy/policy.ts"
import type { PolicyReply } from "../../core/policy/policy-schema.ts"
import { pageOf, pageWithin } from "../../core/schema/page.ts"
import type { Services } from "../../services.ts"
import type { StoredPolicy } from "../../store/policies/policies.ts"

type Tools = Pick<Services, "store" | "clock">
type PageQuery = { cursor?: string | undefined; limit: number }
type PolicyPage = { policies: PolicyReply[]; nextCursor: string | null }

const { version, placement: _, ...builtIn } = defaultPolicy

/** Returns the policy in force for a placement: its own, else that of `default`, else the built-in one. */
export async function readPolicy(services: Tools, placement: string): Promise<PolicyReply> {
  const current = await services.store.policies.current()
  const stored = [placement, "default"].map((name) => current.find((one) => one.placement === name)).find(Boolean)
  return stored ? reply(stored) : { placement: "default", version, createdAt: null, policy: builtIn }
}

/** Returns a page of the policies in force, by placement. */
export async function listPolicies(services: Tools, query: PageQuery): Promise<PolicyPage> {
  const current = await services.store.policies.current()
  const { page, nextCursor } = pageWithin(current, query, ({ placement }) => placement)
  return { policies: page.map(reply), nextCursor }
}

/** Returns a page of the versions of a placement's policy, newest first. */
export async function listPolicyVersions(
  services: Tools,
  placement: string,
  { cursor, limit }: PageQuery,
): Promise<PolicyPage> {
  const page = { after: cursor, limit: limit + 1 }
  const found = await services.store.policies.history(placement, page)
  const { page: versions, nextCursor } = pageOf(found, limit, ({ version }) => version)
  return { policies: versions.map(reply), nextCursor }
}

const reply = (stored: StoredPolicy): PolicyReply => ({
  ...stored,
  createdAt: new Date(stored.createdAt).toISOString(),
})
