import type { ExpectedRewards } from "./off-policy.ts"

/** A decision as an outcome model sees it: the options there were, which one was chosen, and what it brought. */
export interface LoggedChoice<Option> {
  customerId: string
  options: readonly Option[]
  /** An index into `options`. */
  chosen: number
  reward: number
}

/** Predicts the reward of a decision, had it chosen this option. */
type OutcomeModel<Option, Choice extends LoggedChoice<Option> = LoggedChoice<Option>> = (
  choice: Choice,
  option: number,
) => number

export type FitOutcomes<Option, Choice extends LoggedChoice<Option> = LoggedChoice<Option>> = (
  choices: readonly Choice[],
) => OutcomeModel<Option, Choice>

/**
 * Expectations by models that never saw the customer they speak of (cross-fitting, Chernozhukov et al. 2018): customers are dealt into
 * `folds`, and each fold is predicted by a model of the others. `candidate[n]` is the candidate policy's distribution over the options of choice `n`.
 */
export function crossFit<Option, Choice extends LoggedChoice<Option>>(
  choices: readonly Choice[],
  candidate: readonly (readonly number[])[],
  fitOutcomes: FitOutcomes<Option, Choice>,
  folds = 5,
): ExpectedRewards {
  const foldOf = dealCustomers(choices, folds)
  const expected = { ofChosen: new Float64Array(choices.length), ofCandidate: new Float64Array(choices.length) }
  for (let fold = 0; fold < folds; fold++) {
    const held = choices.flatMap((_, n) => (foldOf[n] === fold ? [n] : []))
    if (held.length === 0) continue
    const model = fitOutcomes(choices.filter((_, n) => foldOf[n] !== fold))
    for (const n of held) {
      const choice = choices[n]!
      const rewards = choice.options.map((_, option) => model(choice, option))
      expected.ofChosen[n] = rewards[choice.chosen]!
      expected.ofCandidate[n] = rewards.reduce((sum, reward, option) => sum + candidate[n]![option]! * reward, 0)
    }
  }
  return expected
}

function dealCustomers(choices: readonly { customerId: string }[], folds: number): Int32Array {
  const fold = new Map<string, number>()
  return Int32Array.from(choices, ({ customerId }) => {
    const dealt = fold.get(customerId) ?? fold.size % folds
    fold.set(customerId, dealt)
    return dealt
  })
}

/** Expects of an option the mean reward of its key, drawn towards the mean of all as if `priorCount` more decisions had brought that. */
export const meanOutcomes =
  <Option>(keyOf: (option: Option) => string, priorCount = 20): FitOutcomes<Option> =>
  (choices) => {
    const mean = choices.reduce((sum, { reward }) => sum + reward, 0) / Math.max(1, choices.length)
    const sums = new Map<string, { reward: number; count: number }>()
    for (const { options, chosen, reward } of choices) {
      const key = keyOf(options[chosen]!)
      const sum = sums.get(key) ?? { reward: 0, count: 0 }
      sums.set(key, { reward: sum.reward + reward, count: sum.count + 1 })
    }
    return ({ options }, option) => {
      const { reward, count } = sums.get(keyOf(options[option]!)) ?? { reward: 0, count: 0 }
      return (reward + priorCount * mean) / (count + priorCount)
    }
  }
