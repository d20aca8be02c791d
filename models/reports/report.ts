import type { EvaluationQuestion } from "../data/evaluation-cases.ts"

/** Means over customers; an error is the standard error of the mean, customers being independent. */
export interface Measurement {
  recall10: number
  recall20: number
  ndcg10: number
  ndcg20: number
  ndcg20Error: number
  /** Over the first 100 places. */
  mrr: number
  hitRate20: number
  /** The share of the catalogue that anybody was shown in their first 20. */
  coverage20: number
}

export const contenders = ["served", "popularity", "habit"] as const
export type Contender = (typeof contenders)[number]

/** NDCG@20 of what is served less that of a baseline, customer by customer. */
interface Lead {
  mean: number
  error: number
}

export interface EvaluationReport {
  /** Milliseconds since the epoch; nothing from the cut on was learnt from. */
  cut: number
  until: number
  /** The size of the full catalogue that every answer was ranked over. */
  items: number
  /** Those who put the question in the horizon. */
  customers: Record<EvaluationQuestion, number>
  /** Customers of `all` without any history before the cut. */
  coldStarts: number
  metrics: Record<EvaluationQuestion, Record<Contender, Measurement>>
  leads: Record<EvaluationQuestion, Record<Exclude<Contender, "served">, Lead>>
}
