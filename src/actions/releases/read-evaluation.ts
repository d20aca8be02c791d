import { ApiError } from "../../core/problem/problem.ts"
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

/** The latest evaluations. */
export const listEvaluations = async ({ store }: Pick<Services, "store">, limit: number): Promise<ShownEvaluation[]> =>
  (await store.evaluations.list(limit)).map(shown)

/** One evaluation; throws `notFound`. */
export async function readEvaluation({ store }: Pick<Services, "store">, id: string): Promise<ShownEvaluation> {
  const evaluation = await store.evaluations.read(id)
  if (evaluation === null)
    throw new ApiError("notFound", `there is no evaluation ${id}; list them with GET /v1/evaluations`)
  return shown(evaluation)
}
