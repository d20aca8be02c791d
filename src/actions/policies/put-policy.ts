import type { Actor } from "../../core/access/actor.ts"
import { serviceFallbackFault } from "../../core/content/service-fallback.ts"
import type { PolicyDraft } from "../../core/policy/policy.ts"
import { policyOverrides } from "../../core/policy/policy-overrides.ts"
import type { PutPolicyAnswer, SampleRequest } from "../../core/policy/policy-schema.ts"
import { ApiError, type FieldError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import { dryRunPolicy } from "./dry-run-policy.ts"
import { tryPolicy } from "./try-policy.ts"

/** Puts a placement's policy in force as a new version, or with `dryRun` only says how that many logged decisions, and decisions for a sample of customers, would change. */
export async function putPolicy(
  services: Services,
  placement: string,
  policy: PolicyDraft,
  { dryRun, customers = 0, channel }: { dryRun?: number | undefined } & Partial<SampleRequest>,
  actor: Actor,
): Promise<PutPolicyAnswer> {
  const errors = [...lateFaults(policy, services.clock()), ...(await fallbackFaults(services, policy))]
  if (errors.length > 0) {
    const where = errors.map(({ pointer, message }) => `${pointer} ${message}`).join("; ")
    throw new ApiError("invalidRequest", `correct the policy: ${where}`, { errors })
  }
  const overrides = policyOverrides(policy)
  if (dryRun !== undefined) {
    const outcome = await dryRunPolicy(services, placement, policy, dryRun)
    const tried = customers > 0 ? await tryPolicy(services, placement, policy, { customers, channel }) : null
    return { placement, version: null, createdAt: null, policy, overrides, dryRun: { ...outcome, sample: tried } }
  }
  const stored = await services.store.policies.append(placement, policy, { at: services.clock(), actor })
  await services.policies.refresh()
  return { ...stored, overrides, createdAt: new Date(stored.createdAt).toISOString() }
}

async function fallbackFaults(
  { store }: Pick<Services, "store">,
  { serviceFallback }: PolicyDraft,
): Promise<FieldError[]> {
  if (serviceFallback === null) return []
  const message = serviceFallbackFault(serviceFallback, (await store.offers.get(serviceFallback)) ?? undefined)
  return message === null ? [] : [{ pointer: "/serviceFallback", message }]
}

/** Returns errors that depend on the time: levers that have already ended. */
const lateFaults = ({ levers }: PolicyDraft, nowMs: number): FieldError[] =>
  levers.flatMap(({ expiresAt }, n) =>
    Date.parse(expiresAt) > nowMs
      ? []
      : [{ pointer: `/levers/${n}/expiresAt`, message: "is past; a lever that has ended does nothing" }],
  )
