import type { z } from "zod"
import type { Actor } from "../../core/access/actor.ts"
import { type Goal, type goalListQuerySchema, goalOf, goalsWith, type PutGoal } from "../../core/insight/goal.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { pageWithin } from "../../core/schema/page.ts"
import type { Services } from "../../services.ts"

type Tools = Pick<Services, "store" | "clock">

/** Goals of its own that a shop may have; each is counted for every customer. */
const maxOwnGoals = 50

/** Stores a goal; a background loop counts all customers for it. */
export async function putGoal({ store, clock }: Tools, id: string, put: PutGoal, actor: Actor): Promise<Goal> {
  const stored = await store.figures.goals()
  const known = goalsWith(stored).find((goal) => goal.id === id)
  const goal = goalOf(id, put)
  const invalid = (message: string) =>
    new ApiError("invalidRequest", message, { errors: [{ pointer: "/event", message }] })
  if (goal === null) throw invalid("name the `event` that counts")
  if (goal.shipped && put.event !== undefined) throw invalid(`${id} is shipped and counts what it says`)
  if (known?.event !== undefined && known.metric !== goal.metric)
    throw new ApiError("conflict", "`counting` of a goal must not change; use another id")
  if (known === undefined && stored.length >= maxOwnGoals)
    throw new ApiError("conflict", `a shop has at most ${maxOwnGoals} goals of its own`)
  await store.figures.putGoal(id, put, { at: clock(), actor })
  return goal
}

/** Lists every goal, shipped ones included, by id. */
export async function listGoals(
  { store }: Tools,
  query: z.infer<typeof goalListQuerySchema>,
): Promise<{ goals: Goal[]; nextCursor: string | null }> {
  const { page, nextCursor } = pageWithin(goalsWith(await store.figures.goals()), query, ({ id }) => id)
  return { goals: page, nextCursor }
}
