import { z } from "zod"
import { itemFilterSchema } from "../catalogue/item-filter.ts"
import type { Slot } from "../preference/recommend.ts"

/**
 * Returns how many ranked items the decision of a first page of `limit` keeps for the pages that follow: five pages, and at least 50.
 * PostgreSQL takes twice as long to write 200 as to write 50, and most visitors see one page.
 */
export const keptRanks = (limit: number): number => Math.max(50, Math.min(200, 5 * limit), limit)

/** The ranked items: the first `shown` were answered, the rest serve the next pages. */
export const rankingTraceSchema = z
  .strictObject({
    ranked: z.array(z.string()).max(500),
    scores: z.array(z.number()).meta({ description: "Scores of `ranked`, in the same order." }),
    shown: z.number().int().min(0),
    /** Number of items on the earlier pages. */
    offset: z.number().int().min(0),
    repeats: z.enum(["allowed", "excluded"]),
    coldStart: z.boolean(),
    filter: itemFilterSchema
      .optional()
      .meta({ description: "Filter of the first page, which holds for the following ones." }),
  })
  .meta({ id: "RankingTrace" })

export type RankingTrace = z.infer<typeof rankingTraceSchema>

const significant = (score: number) => Number(score.toPrecision(5))

/** A first page of `shown` slots. */
export const rankingTrace = (
  slots: readonly Pick<Slot, "itemId" | "score">[],
  facts: Pick<RankingTrace, "shown" | "repeats" | "coldStart" | "filter">,
): RankingTrace => ({
  ranked: slots.map(({ itemId }) => itemId),
  scores: slots.map(({ score }) => significant(score)),
  offset: 0,
  ...facts,
})

/** The page behind one: up to `limit` of what it did not show and `mayShow` still allows, with the rest behind that. */
export function nextPage(
  { ranked, scores, shown, offset, ...facts }: RankingTrace,
  limit: number,
  mayShow: (itemId: string) => boolean,
): RankingTrace {
  const kept = ranked
    .map((itemId, n) => ({ itemId, score: scores[n]! }))
    .slice(shown)
    .filter(({ itemId }) => mayShow(itemId))
  return {
    ...facts,
    ranked: kept.map(({ itemId }) => itemId),
    scores: kept.map(({ score }) => score),
    shown: Math.min(limit, kept.length),
    offset: offset + shown,
  }
}
