import { ApiError } from "../../core/problem/problem.ts"
import { pageOf } from "../../core/schema/page.ts"
import type { Services } from "../../services.ts"
import type { EvaluationRecord } from "../../store/releases/evaluations.ts"

export interface ShownEvaluation {
  id: string
  releaseId: string | null
  createdAt: string
  report: Record<string, unknown>
}

const shown = ({ createdAt, report, ...evaluation }: EvaluationRecord): ShownEvaluation => ({
  ...evaluation,
  createdAt: new Date(createdAt).toISOString(),
  report: { ...report },
})

/** Returns a page of evaluations, newest first. */
export async function listEvaluations(
  { store }: Pick<Services, "store">,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ evaluations: ShownEvaluation[]; nextCursor: string | null }> {
  const found = await store.evaluations.list({ after: cursor, limit: limit + 1 })
  const { page, nextCursor } = pageOf(found, limit, ({ id }) => id)
  return { evaluations: page.map(shown), nextCursor }
}

/** One evaluation; throws `notFound`. */
export async function readEvaluation({ store }: Pick<Services, "store">, id: string): Promise<ShownEvaluation> {
  const evaluation = await store.evaluations.read(id)
  if (evaluation === null)
    throw new ApiError("notFound", `there is no evaluation ${id}; list them with GET /v1/evaluations`)
  return shown(evaluation)
}
