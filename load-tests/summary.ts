import type { Run } from "./measure.ts"
import { verbs } from "./mix.ts"
import { settings } from "./settings.ts"

interface Summary {
  metrics: Record<string, { values: Record<string, number> }>
  setup_data: Run
}

/** A run's figures for its runner, as a file: of everything, of each verb, of each period of `periodSeconds`. */
export function summarize({ metrics, setup_data }: Summary, periods: number, periodSeconds: number) {
  const times = (name: string) => {
    const { count = 0, min, med, max, ...ranks } = metrics[name]?.values ?? {}
    const quantiles = Object.fromEntries(
      Object.entries(ranks).map(([name, ms]) => [name.replace(/^p\((.*)\)$/, "$1"), ms]),
    )
    return {
      count,
      minMs: min ?? 0,
      maxMs: max ?? 0,
      quantilesMs: { ...quantiles, 50: med ?? 0 } as Record<string, number>,
    }
  }
  const count = (name: string) => metrics[name]?.values.count ?? 0
  const figures = {
    measuredFrom: setup_data.measuredFrom,
    all: times("answer_ms"),
    reference: times("reference_ms"),
    afterPromotion: times("answer_ms{phase:afterPromotion}"),
    byVerb: Object.fromEntries(verbs.map((verb) => [verb, times(`answer_ms{verb:${verb}}`)])),
    periodSeconds,
    periods: Array.from({ length: periods }, (_, n) => ({
      ...times(`answer_ms{period:${n}}`),
      refused: count(`refused{period:${n}}`),
    })),
    dropped: count("dropped_iterations"),
    droppedByScenario: Object.fromEntries(
      Object.keys(metrics).flatMap((name) => {
        const [, scenario] = /^dropped_iterations\{scenario:(.*)\}$/.exec(name) ?? []
        return scenario === undefined ? [] : [[scenario, count(name)]]
      }),
    ) as Record<string, number>,
    errors: count("errors"),
    refused: count("refused"),
    degraded: count("degraded"),
  }
  return { [settings.summaryFile]: JSON.stringify(figures) }
}

/** Figures that a runner reads. */
export interface Figures {
  measuredFrom: number
  all: Times
  reference: Times
  afterPromotion: Times
  byVerb: Record<string, Times>
  periodSeconds: number
  periods: (Times & { refused: number })[]
  dropped: number
  droppedByScenario: Record<string, number>
  errors: number
  refused: number
  /** Among the inspected answers. */
  degraded: number
}

export interface Times {
  count: number
  minMs: number
  maxMs: number
  /** By percentile: `"50"`, `"99"`. */
  quantilesMs: Record<string, number>
}
