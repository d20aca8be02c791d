import type { z } from "zod"
import { replay, type replaySchema } from "../../core/decision/replay.ts"
import { decisionTraceSchema } from "../../core/decision/trace.ts"
import { defaultPolicy, type Policy } from "../../core/policy/policy.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Release } from "../../core/release/release.ts"
import type { Services } from "../../services.ts"
import { loadRelease } from "../../store/releases/load-release.ts"
import { noDecision } from "./read-decision.ts"

/** Recomputes an offer's decision from its log alone, with the policy version and the release it was made with. */
export async function replayDecision(
  services: Pick<Services, "store" | "clock" | "live">,
  id: string,
): Promise<z.infer<typeof replaySchema>> {
  const found = await services.store.decisions.read(id)
  if (found === null) throw noDecision(id)
  const { channel, policyVersion, offerId, kind, releaseId, trace } = found.decision
  const parsed = decisionTraceSchema.safeParse(trace)
  if (!parsed.success || channel === null) {
    throw new ApiError("conflict", "this decision was not drawn; only decisions of decide and content can be replayed")
  }
  const policy = await policyOf(services, policyVersion)
  const isModelled = parsed.data.options.some(
    ({ propensitySource, organicPropensity }) => propensitySource === "network" || organicPropensity !== null,
  )
  const release = isModelled && releaseId !== null ? await releaseOf(services, releaseId) : null
  const logged = { id, channel, policyVersion, offerId, kind, trace: parsed.data }
  const models = { network: release?.propensity ?? null, incremental: release?.incremental ?? null }
  return { ...replay(logged, policy, models), modelVersion: releaseId }
}

async function policyOf(services: Pick<Services, "store" | "clock">, version: string): Promise<Policy> {
  if (version === defaultPolicy.version) return defaultPolicy
  const stored = await services.store.policies.read(version)
  if (stored === null)
    throw new ApiError(
      "conflict",
      `the policy version ${version} is no longer stored, so this decision cannot be replayed`,
    )
  return { version, placement: stored.placement, ...stored.policy }
}

async function releaseOf({ live, store }: Pick<Services, "store" | "live">, releaseId: string): Promise<Release> {
  const current = live.current()
  if (current?.id === releaseId) return current
  const record = await store.releases.read(releaseId)
  if (!record)
    throw new ApiError("conflict", `the release ${releaseId} is no longer stored, so this decision cannot be replayed`)
  return loadRelease(store.releases, record)
}
