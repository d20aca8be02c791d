import type { DecideAnswer } from "../core/decision/decide.ts"
import type { AnswerReason } from "../core/decision/decision-schema.ts"

const money = (amount: number) => amount.toFixed(2)

const bases: Readonly<Record<DecideAnswer["trace"]["basis"], AnswerReason>> = {
  propensity: {
    code: "propensityAlone",
    text: "Value is the chance of acceptance times the offer's value, less its cost; what would be bought anyway is not yet known.",
  },
  incremental: {
    code: "incremental",
    text: "Value is what the offer adds: acceptance times its value, less what would be bought anyway at its own, less its cost.",
  },
}

/** Returns the basis of a decision's value and, with `explain`, why the option was chosen. */
export function decisionReasons({ chosen, trace }: DecideAnswer, explain: boolean): AnswerReason[] {
  const basis = bases[trace.basis]
  return explain ? [basis, whyChosen(chosen, trace)] : [basis]
}

function whyChosen(chosen: DecideAnswer["chosen"], { options, dropped, epsilon }: DecideAnswer["trace"]): AnswerReason {
  const score = chosen?.score ?? 0
  const best = Math.max(...options.map((option) => option.score))
  if (options.length === 1 && chosen === null) {
    return { code: "nothingSurvived", text: `None of ${dropped.length} offers of this placement may be made now.` }
  }
  if (epsilon === null) {
    return {
      code: "certain",
      text: `Worth ${money(score)}; offers of this kind are chosen by rule and never by a draw.`,
    }
  }
  if (score < best) return { code: "explored", text: `Worth ${money(score)} against ${money(best)}; chosen to learn.` }
  return chosen === null
    ? { code: "nothingWorthMore", text: "No offer is worth more than silence." }
    : { code: "worthMost", text: `Worth ${money(score)}, the most of ${options.length - 1} offers and of silence.` }
}
