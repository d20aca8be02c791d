import { z } from "zod"
import { scoreOf } from "./score.ts"
import type { DecisionTrace, TracedOption } from "./trace.ts"

const changeSchema = z.object({
  term: z.enum(["propensity", "value", "cost", "lever"]),
  from: z.number(),
  to: z.number(),
})

export const runnerUpSchema = z
  .object({
    offerId: z.string().nullable().meta({ description: "`null`: nothing." }),
    itemId: z.string().optional(),
    score: z.number(),
    probability: z.number(),
    scoreGap: z
      .number()
      .meta({ description: "Score of the chosen option less its own, in money; negative when its own is higher." }),
    requiredChanges: z
      .array(changeSchema)
      .meta({ description: "Changes that each alone would have made its score equal to that of the chosen option." }),
    drawRange: z
      .object({ from: z.number(), to: z.number() })
      .meta({ description: "Range of `uniform` in which the draw would have chosen it." }),
  })
  .meta({ id: "RunnerUp", description: "The best of what was not chosen; `null` where there was no other option." })

export type RunnerUp = z.infer<typeof runnerUpSchema>

/** The best of what was not chosen, and what would have had to be different; `null` when there was no other option. */
export function runnerUpOf({ options, uniform }: DecisionTrace): RunnerUp | null {
  const ranges = rangesOf(options)
  const chosen = chosenAt(ranges, uniform)
  const others = options.map((option, n) => ({ option, n })).filter(({ n }) => n !== chosen)
  const best = others.sort((a, b) => b.option.score - a.option.score)[0]
  if (best === undefined) return null
  const { option, n } = best
  const target = options[chosen]!.score
  return {
    offerId: option.offerId,
    ...(option.itemId !== undefined && { itemId: option.itemId }),
    score: option.score,
    probability: option.probability,
    scoreGap: target - option.score,
    requiredChanges: target > option.score && option.offerId !== null ? changesOf(option, target) : [],
    drawRange: ranges[n]!,
  }
}

/** Returns the option that the draw fell on. */
export const chosenOption = ({ options, uniform }: Pick<DecisionTrace, "options" | "uniform">): TracedOption =>
  options[chosenAt(rangesOf(options), uniform)]!

const chosenAt = (ranges: readonly { to: number }[], uniform: number) =>
  Math.max(
    0,
    ranges.findIndex(({ to }) => uniform < to),
  )

function rangesOf(options: readonly TracedOption[]): { from: number; to: number }[] {
  let passed = 0
  return options.map(({ probability }, n) => {
    const from = passed
    passed += probability
    return { from, to: n === options.length - 1 ? 1 : passed }
  })
}

/** Solves the score for one term at a time; changes out of a term's range are left out. */
function changesOf(option: TracedOption, target: number): RunnerUp["requiredChanges"] {
  const terms = { ...option, propensity: option.propensity ?? 0 }
  const { propensity, value, cost, lever } = terms
  const weight = terms.context * lever
  const missing = (target - scoreOf(terms)) / weight
  const base = scoreOf(terms) / lever
  const changes = [
    { term: "propensity" as const, from: propensity, to: propensity + missing / value, fits: (to: number) => to <= 1 },
    { term: "value" as const, from: value, to: value + missing / propensity, fits: () => true },
    { term: "cost" as const, from: cost, to: cost - missing, fits: (to: number) => to >= 0 },
    { term: "lever" as const, from: lever, to: target / base, fits: (to: number) => to <= 2 && to > 0 },
  ]
  return changes
    .filter(({ to, fits }) => Number.isFinite(to) && fits(to))
    .map(({ term, from, to }) => ({ term, from, to }))
}
