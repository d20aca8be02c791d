import { type Axes, coordinateSearch, type Trial } from "./coordinate-search.ts"

/** What was tried for a model, in order, and the mean validation NDCG@20 it gave. */
export interface SearchStep {
  model: string
  trials: readonly Trial[]
}

export interface SearchTools {
  threads: number
  /** Each model's trials at most, its start included. */
  trials: number
  /** When searching began and when no further trial begins, milliseconds since the epoch; the end may be Infinity. */
  begunAt: number
  endsAt: number
  onProgress: (line: string) => void
}

/** Searches one model after the other and keeps what was tried. */
export interface ModelSearch {
  readonly steps: SearchStep[]
  search<P extends object>(
    model: string,
    from: P,
    axes: Axes<P>,
    quality: (parameters: P) => number | Promise<number>,
    terms: SearchTerms<P>,
  ): Promise<{ best: P; quality: number }>
}

export interface SearchTerms<P> {
  /** Share of the time for searching at which this model's trials end, so that none takes another's. */
  share: number
  /** What the start must reach for others to be tried. */
  bar?: number
  /** The share that a step along an axis must gain. */
  leastGains?: { readonly [K in keyof P]?: number }
}

export function modelSearch({ trials, begunAt, endsAt, onProgress }: Omit<SearchTools, "threads">): ModelSearch {
  const steps: SearchStep[] = []
  return {
    steps,
    async search(model, from, axes, quality, { share, bar = 0, leastGains = {} }) {
      let left = trials - 1
      let reached = 0
      const measured = async (parameters: typeof from) => {
        const value = await quality(parameters)
        reached = Math.max(reached, value)
        return value
      }
      const until = endsAt === Infinity ? Infinity : begunAt + share * (endsAt - begunAt)
      const mayTry = () => reached >= bar && left-- > 0 && Date.now() < until
      const found = await coordinateSearch(from, axes, measured, mayTry, leastGains)
      steps.push({ model, trials: found.trials })
      const said = `${found.trials.length} trials, validation NDCG@20 ${found.quality.toFixed(4)}`
      onProgress(`${model}: ${said}, ${JSON.stringify(found.best)}`)
      return found
    },
  }
}
