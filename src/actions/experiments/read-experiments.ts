import type { ExperimentReply } from "../../core/experiment/experiment-schema.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { pageOf } from "../../core/schema/page.ts"
import { isoOrNull } from "../../core/time/iso-or-null.ts"
import type { Services } from "../../services.ts"
import type { StoredExperiment } from "../../store/experiments/experiments.ts"

/** Returns an experiment; throws `notFound`. */
export async function readExperiment({ store }: Pick<Services, "store">, id: string): Promise<ExperimentReply> {
  const found = await store.experiments.read(id)
  if (found === null) throw noExperiment(id)
  return experimentReply(found)
}

/** Returns a page of experiments, newest first. */
export async function listExperiments(
  { store }: Pick<Services, "store">,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ experiments: ExperimentReply[]; nextCursor: string | null }> {
  const found = await store.experiments.list({ after: cursor, limit: limit + 1 })
  const { page, nextCursor } = pageOf(found, limit, ({ id }) => id)
  return { experiments: page.map(experimentReply), nextCursor }
}

export const experimentReply = ({ id, design, startedAt, stoppedAt }: StoredExperiment): ExperimentReply => ({
  id,
  status: stoppedAt === null ? "running" : "stopped",
  startedAt: new Date(startedAt).toISOString(),
  stoppedAt: isoOrNull(stoppedAt),
  design,
})

export const noExperiment = (id: string) =>
  new ApiError("notFound", `there is no experiment ${id}; put it to /v1/experiments/${id}`)
