import { isDeepStrictEqual } from "node:util"
import type { Actor } from "../../core/access/actor.ts"
import type { ExperimentDraft, ExperimentReply } from "../../core/experiment/experiment-schema.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import { experimentReply, noExperiment } from "./read-experiments.ts"

type Tools = Pick<Services, "store" | "clock" | "experiments" | "policies">

/** Starts an experiment. The same design again changes nothing; another under the same id, or on a placement in use, is a `conflict`. */
export async function putExperiment(
  services: Tools,
  id: string,
  design: ExperimentDraft,
  actor: Actor,
): Promise<ExperimentReply> {
  const { store, clock, experiments, policies } = services
  const known = new Set(policies.all().map(({ placement }) => placement))
  for (const [n, { policyOf }] of design.arms.entries()) {
    if (policyOf === undefined || known.has(policyOf)) continue
    const message = `there is no policy of ${policyOf}; put it first`
    throw new ApiError("invalidRequest", message, { errors: [{ pointer: `/arms/${n}/policyOf`, message }] })
  }
  const started = await store.experiments.start({ id, design, startedAt: clock() }, actor)
  if (started === null) {
    const former = await store.experiments.read(id)
    if (former === null)
      throw new ApiError("conflict", `another experiment runs on ${design.placement}; stop it first, as two would mix`)
    if (!isDeepStrictEqual(former.design, design))
      throw new ApiError("conflict", "a design is stated before the start and kept; stop this one and use another id")
    return experimentReply(former)
  }
  await experiments.refresh()
  return experimentReply(started)
}

/** Stops an experiment: everybody is decided for as without it, and results stay as of now. */
export async function stopExperiment(
  { store, clock, experiments }: Omit<Tools, "policies">,
  id: string,
  { reason, actor }: { reason?: string | undefined; actor: Actor },
): Promise<ExperimentReply> {
  const stopped = await store.experiments.stop(id, { at: clock(), reason: reason ?? null, actor })
  if (stopped === null) throw noExperiment(id)
  await experiments.refresh()
  return experimentReply(stopped)
}
