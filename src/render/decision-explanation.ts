import type { Explanation } from "../core/decision/decision-schema.ts"
import { chosenOption } from "../core/decision/runner-up.ts"
import type { DecisionTrace } from "../core/decision/trace.ts"

const money = (amount: number) => amount.toFixed(2)

const bases: Readonly<Record<DecisionTrace["basis"], Explanation>> = {
  propensity: {
    code: "propensityAlone",
    text: "Value is the chance of acceptance times the offer's value, less its cost; what would be bought anyway is not yet known.",
  },
  incremental: {
    code: "incremental",
    text: "Value is what the offer adds: acceptance times its value, less what would be bought anyway at its own, less its cost.",
  },
}

/** Returns the explanation of a decision for operators: the basis of its values, and why its option was chosen. */
export const explainDecision = (trace: DecisionTrace): Explanation[] => [bases[trace.basis], explainChoice(trace)]

function explainChoice({ options, dropped, epsilon, uniform }: DecisionTrace): Explanation {
  const { offerId, score } = chosenOption({ options, uniform })
  const best = Math.max(...options.map((option) => option.score))
  if (offerId === null && options.length === 1) {
    return { code: "nothingSurvived", text: `None of ${dropped.length} offers of this placement may be made now.` }
  }
  if (epsilon === null) {
    return {
      code: "certain",
      text: `Worth ${money(score)}; offers of this kind are chosen by rule and never by a draw.`,
    }
  }
  if (score < best) return { code: "explored", text: `Worth ${money(score)} against ${money(best)}; chosen to learn.` }
  return offerId === null
    ? { code: "nothingWorthMore", text: "No offer is worth more than silence." }
    : { code: "worthMost", text: `Worth ${money(score)}, the most of ${options.length - 1} offers and of silence.` }
}
