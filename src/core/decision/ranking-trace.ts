import { z } from "zod"
import { itemFilterSchema } from "../catalogue/item-filter.ts"
import type { Slot } from "../preference/slot.ts"
import { recipeNames } from "../schema/recipe.ts"

/** Number of items that a page ranks anew once a list is used up. */
export const rankedAnew = 500

/**
 * Returns how many ranked items the decision of a first page of `limit` keeps for the pages that follow: five pages, and at least 50.
 * PostgreSQL takes twice as long to write 200 as to write 50, and most visitors see one page.
 */
export const keptRanks = (limit: number): number => Math.max(50, Math.min(200, 5 * limit), limit)

/** A given list is ranked whole. */
export const maxRanked = 2000

/** The ranked items: the first `shown` were answered, the rest serve the next pages. */
export const rankingTraceSchema = z
  .strictObject({
    ranked: z.array(z.string()).max(maxRanked),
    scores: z.array(z.number()).meta({ description: "Scores of `ranked`, in the same order." }),
    shown: z.number().int().min(0),
    /** Number of items on the earlier pages. */
    offset: z.number().int().min(0),
    repeats: z.enum(["allowed", "excluded"]),
    recipe: z.enum(recipeNames).optional().meta({ description: "Recipe that answered." }),
    coldStart: z.boolean(),
    filter: itemFilterSchema
      .optional()
      .meta({ description: "Filter of the first page, which holds for the following ones." }),
    excluded: z.array(z.string()).optional().meta({ description: "Items that the pages so far excluded." }),
    lists: z.array(z.uuid()).optional().meta({
      description:
        "Behind the first page: decisions whose `ranked` hold all that was shown; the last of them is the list being shown.",
    }),
  })
  .meta({ id: "RankingTrace" })

export type RankingTrace = z.infer<typeof rankingTraceSchema>

const significant = (score: number) => Number(score.toPrecision(5))

type RankedSlot = Pick<Slot, "itemId" | "score">

/** A first page of `shown` slots. */
export const rankingTrace = (
  slots: readonly RankedSlot[],
  facts: Omit<RankingTrace, "ranked" | "scores" | "offset" | "lists">,
): RankingTrace => ({
  ranked: slots.map(({ itemId }) => itemId),
  scores: slots.map(({ score }) => significant(score)),
  offset: 0,
  ...facts,
})

interface Paging {
  limit: number
  /** Returns whether an item may be shown now; one that may not keeps its place for a later page. */
  mayShow: (itemId: string) => boolean
  excluded: ReadonlySet<string>
}

/** The page behind one: up to `limit` of what it did not show and may be shown, with the rest behind that. */
export function nextPage(
  { ranked, scores, shown, offset, ...facts }: RankingTrace,
  { limit, mayShow, excluded }: Paging,
  more: readonly RankedSlot[] = [],
): { trace: RankingTrace; hasMore: boolean } {
  const left = ranked.map((itemId, n) => ({ itemId, score: scores[n]! })).slice(shown)
  const anew = more.map(({ itemId, score }) => ({ itemId, score: significant(score) }))
  const kept = [...left, ...anew].filter(({ itemId }) => !excluded.has(itemId))
  const showable = kept.filter(({ itemId }) => mayShow(itemId))
  const page = new Set(showable.slice(0, limit))
  const ordered = [...page, ...kept.filter((slot) => !page.has(slot))]
  return {
    trace: {
      ...facts,
      ranked: ordered.map(({ itemId }) => itemId),
      scores: ordered.map(({ score }) => score),
      shown: page.size,
      offset: offset + shown,
      ...(excluded.size > 0 && { excluded: [...excluded] }),
    },
    hasMore: showable.length > page.size,
  }
}
