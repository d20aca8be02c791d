/** Means over customers; `error` is the standard error of the mean. */
export interface Measurement {
  recall20: number
  ndcg20: number
  ndcg20Error: number
  recall10: number
  ndcg10: number
  mrr: number
  hitRate20: number
  /** The share of the catalogue that anybody was shown in their first 20. */
  coverage20: number
}

/** `all`: everything bought in the horizon, repeats allowed. `firstTime`: what was never bought before, bought items left out. */
export type EvaluationQuestion = "all" | "firstTime"

export const contenders = ["served", "popularity", "habit"] as const
export type Contender = (typeof contenders)[number]

export interface EvaluationReport {
  /** Milliseconds since the epoch; nothing from the cut on was learnt from. */
  cut: number
  until: number
  customers: Record<EvaluationQuestion, number>
  metrics: Record<EvaluationQuestion, Record<Contender, Measurement>>
}
