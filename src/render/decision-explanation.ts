import type { Explanation } from "../core/decision/decision-schema.ts"
import { chosenOption } from "../core/decision/runner-up.ts"
import type { DecisionTrace } from "../core/decision/trace.ts"

const bases: Readonly<Record<DecisionTrace["basis"], Explanation>> = {
  propensity: {
    code: "propensityAlone",
    text: "An offer is worth its chance of acceptance times its value, less its costs; what would be bought anyway is not known yet, and not taken off.",
  },
  incremental: {
    code: "incremental",
    text: "An offer is worth what it adds: its chance of acceptance times its value, less what would be bought without it, less its costs.",
  },
}

/** Returns the explanation of a decision for operators: the basis of its values, and why its option was chosen. */
export const explainDecision = (trace: DecisionTrace): Explanation[] => [bases[trace.basis], explainChoice(trace)]

function explainChoice(trace: DecisionTrace): Explanation {
  const { options, dropped, epsilon, currency, arm } = trace
  const { offerId, kind, score, probability } = chosenOption(trace)
  const isHeldOut = arm?.name === "holdout" && offerId === null
  const money = (amount: number) => (currency === undefined ? amount.toFixed(2) : `${amount.toFixed(2)} ${currency}`)
  const offers = options.filter((option) => option.offerId !== null)
  const best = Math.max(...offers.map((option) => option.score))
  if (isHeldOut && (offers.length > 0 || dropped.some(({ stage }) => stage === "holdout")))
    return {
      code: "holdout",
      text: `The customer is in the universal holdout of ${arm.quarter}, ${percent(arm.holdoutShare)} of customers, and is not sold to, so that the effect of offers can be measured.`,
    }
  if (offers.length === 0) return { code: "nothingSurvived", text: whyNone(dropped) }
  if (epsilon === null) return { code: "certain", text: `Chosen by rule: an offer of kind ${kind} is never drawn.` }
  const drawn = `drawn with a chance of ${percent(probability)} to learn what is accepted`
  if (offerId === null)
    return best > 0
      ? { code: "explored", text: `No offer was ${drawn}; the best is worth ${money(best)}.` }
      : { code: "nothingWorthMore", text: `The best offer is worth ${money(best)}, no more than making none.` }
  if (score < Math.max(0, best))
    return {
      code: "explored",
      text:
        best > 0
          ? `It was ${drawn}: it is worth ${money(score)}, the best offer ${money(best)}.`
          : `It was ${drawn}: it is worth ${money(score)}, less than making none.`,
    }
  const others =
    offers.length === 1
      ? ""
      : offers.length === 2
        ? "the other offer and "
        : `the ${offers.length - 1} other offers and `
  return { code: "worthMost", text: `It is worth ${money(score)}, more than ${others}making none.` }
}

const percent = (share: number) => `${(100 * share).toFixed(share < 0.01 ? 2 : 0)} %`

/** Says which rules drop the offers of a placement, the most frequent two. */
function whyNone(dropped: DecisionTrace["dropped"]): string {
  if (dropped.length === 0) return "The placement has no offer."
  const counts = new Map<string, number>()
  for (const { stage, rule } of dropped) counts.set(`${stage} (${rule})`, (counts.get(`${stage} (${rule})`) ?? 0) + 1)
  const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 2)
  const rules = most.map(([name, count]) => `${count} by ${name}`).join(", ")
  const offers = dropped.length === 1 ? "The one offer" : `All ${dropped.length} offers`
  return `${offers} of the placement ${dropped.length === 1 ? "is" : "are"} dropped: ${rules}${counts.size > 2 ? ", others by other rules" : ""}.`
}
