import { type Axes, coordinateSearch, type Trial } from "./coordinate-search.ts"
import { customersOf, type Lead, leadOver, meanOf, type QueryResults } from "./validation.ts"

/** The trials of a model in order, their mean validation NDCG@20, and the certainty of the choice. */
export interface SearchStep {
  model: string
  trials: readonly Trial[]
  /** Queries of the validation, and their customers. */
  queries?: number
  customers?: number
  /** Leads of the choice over the start and over the best of the others; `null` where nothing else was tried. */
  leads?: { start: Lead | null; runnerUp: Lead | null }
}

export interface SearchTools {
  threads: number
  /** Each model's trials at most, its start included. */
  trials: number
  /** Start of the search, and the time after which no trial begins, milliseconds since the epoch; the end may be Infinity. */
  begunAt: number
  endsAt: number
  /** Reads the time; by default the system's. */
  now?: () => number
  onProgress: (line: string) => void
}

/** Searches one model after the other and keeps what was tried. */
export interface ModelSearch {
  readonly steps: SearchStep[]
  /** Milliseconds that each model's first trial took, summed: about what one fit of them all takes, for each window. */
  firstTrialsMs(): number
  search<P extends object>(
    model: string,
    from: P,
    axes: Axes<P>,
    quality: (parameters: P) => QueryResults | Promise<QueryResults>,
    terms: SearchTerms<P>,
  ): Promise<{ best: P; quality: number }>
}

interface SearchTerms<P> {
  /** Share of the time for searching at which this model's trials end, so that none takes another's. */
  share: number
  /** Quality that the start must reach for others to be tried. */
  bar?: number
  /** The share that a step along an axis must gain. */
  leastGains?: { readonly [K in keyof P]?: number }
}

export function modelSearch({
  trials,
  begunAt,
  endsAt,
  now = Date.now,
  onProgress,
}: Omit<SearchTools, "threads">): ModelSearch {
  const steps: SearchStep[] = []
  let firstTrialsMs = 0
  let longestTrialMs = 0
  return {
    steps,
    firstTrialsMs: () => firstTrialsMs,
    async search(model, from, axes, quality, { share, bar = 0, leastGains = {} }) {
      let left = trials - 1
      let reached = 0
      let trialMs = 0
      const until = endsAt === Infinity ? Infinity : begunAt + share * (endsAt - begunAt)
      if (until < Infinity && now() + longestTrialMs >= until) {
        steps.push({ model, trials: [] })
        onProgress(`${model}: no time for a trial, ${JSON.stringify(from)} stands`)
        return { best: from, quality: 0 }
      }
      const measuredTrials: { parameters: typeof from; said: QueryResults }[] = []
      const measured = async (parameters: typeof from) => {
        const begun = now()
        const said = await quality(parameters)
        trialMs = now() - begun
        longestTrialMs = Math.max(longestTrialMs, trialMs)
        if (measuredTrials.length === 0) firstTrialsMs += trialMs
        measuredTrials.push({ parameters, said })
        reached = Math.max(reached, meanOf(said))
        return meanOf(said)
      }
      const mayTry = () => reached >= bar && left-- > 0 && (until === Infinity || now() + trialMs < until)
      const found = await coordinateSearch(from, axes, measured, mayTry, leastGains)
      const certainty = certaintyOf(measuredTrials, found.best)
      steps.push({ model, trials: found.trials, ...certainty })
      const said = `${found.trials.length} trials on ${certainty.queries} queries, validation NDCG@20 ${found.quality.toFixed(4)}`
      onProgress(`${model}: ${said}${leadText(certainty.leads.start)}, ${JSON.stringify(found.best)}`)
      return found
    },
  }
}

/** Returns the queries and customers behind a choice, and its leads over the other trials. */
function certaintyOf<P extends object>(measuredTrials: readonly { parameters: P; said: QueryResults }[], best: P) {
  const chosen = measuredTrials.find(({ parameters }) => parameters === best) ?? measuredTrials[0]!
  const others = measuredTrials.filter((one) => one !== chosen)
  const second = others.reduce<(typeof others)[number] | null>(
    (found, one) => (found === null || meanOf(one.said) > meanOf(found.said) ? one : found),
    null,
  )
  const lead = (one: { said: QueryResults } | null) => (one === null ? null : leadOver(chosen.said, one.said))
  return {
    queries: chosen.said.values.length,
    customers: customersOf(chosen.said),
    leads: { start: chosen === measuredTrials[0] ? null : lead(measuredTrials[0]!), runnerUp: lead(second) },
  }
}

const leadText = (lead: Lead | null): string =>
  lead === null
    ? ""
    : ` (${lead.mean.toFixed(4)} above the start, between ${lead.low.toFixed(4)} and ${lead.high.toFixed(4)})`
