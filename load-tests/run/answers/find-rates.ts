import type { Slice } from "../../answers.ts"
import { slo } from "../../slo.ts"
import { askRoutes } from "./ask-routes.ts"
import { growthBetween } from "./cpu.ts"
import type { Sampling, Side } from "./measure-repeats.ts"
import { continueRateSearch, type RateSearch, type RateSearchOptions, startRateSearch } from "./search-rate.ts"

const probeSeconds = 3
const settleSeconds = 1
/** A rate that broke is tried once more, because others may have taken the processors. */
const tries = 2
/** Seeds of probes are none of the repeats'. */
const firstSeed = 10_000

export interface FoundRate {
  name: Side["name"]
  search: RateSearch
  options: RateSearchOptions
  k6WasTheLimit: boolean
}

interface FindRates {
  sides: readonly Side[]
  /** Processor time of a recommendation in milliseconds, from which the first rate follows. */
  cpuMs: number
  sampling: Sampling
  stage(line: string): void
  isTimeLeft(): boolean
  closing: (() => unknown)[]
}

/** Searches the highest rate of recommendations whose p99 holds, for all sides in turn, one rate each; ends with the time. */
export async function findRates(given: FindRates): Promise<FoundRate[]> {
  const options = {
    firstRate: Math.min(1500, 900 / given.cpuMs),
    leastRate: 20,
    mostRate: 5000,
    precision: 1.06,
    maxProbes: 10,
  }
  const found = given.sides.map((side) => ({ side, search: startRateSearch(options), k6WasTheLimit: false }))
  let seed = firstSeed
  while (given.isTimeLeft() && found.some(({ search }) => search.next !== null)) {
    for (const one of found) {
      if (one.search.next === null || !given.isTimeLeft()) continue
      const { holds, k6Led } = await holdsOnce(given, one.side, one.search.next, seed)
      seed += tries
      if (!holds) one.k6WasTheLimit = k6Led
      one.search = continueRateSearch(one.search, holds, options)
    }
  }
  given.stage("searched for the highest rates")
  return found.map(({ side, search, k6WasTheLimit }) => ({ name: side.name, search, options, k6WasTheLimit }))
}

async function holdsOnce({ sampling, closing }: FindRates, { name, script, open }: Side, rate: number, seed: number) {
  let k6Led = false
  for (let tried = 0; tried < tries; tried++) {
    const slice: Slice = { route: "recommend", rate, seconds: probeSeconds, startSeconds: 0, settleSeconds }
    const asking = { side: open, folder: script, plan: [slice], seed: seed + tried, follow: sampling.follow, closing }
    const from = Date.now()
    const { byRoute } = await askRoutes(asking)
    sampling.take()
    const { counted, p99Ms, errors, refused, late, dropped } = byRoute.recommend!
    const isSent = dropped + late <= Math.ceil((rate * probeSeconds) / 100)
    if (counted > 0 && p99Ms <= slo.breakpoint.p99Ms && errors === 0 && refused === 0 && isSent)
      return { holds: true, k6Led: false }
    const to = sampling.samples.at(-2)?.at ?? from
    const k6 = growthBetween(sampling.samples, (sample) => sample.k6, from, to) ?? 0
    const product = growthBetween(
      sampling.samples,
      ({ bySide }) => bySide[name]!.server + bySide[name]!.postgres,
      from,
      to,
    )
    k6Led = k6 > (product ?? 0)
  }
  return { holds: false, k6Led }
}
