import { type Dataset, historyFolder, horizonOf } from "../../models/data/dataset.ts"
import { pastOf } from "../../models/data/past.ts"
import { fitContents, fitRelease } from "../../models/learn/fit-release.ts"
import { learnChoice } from "../../models/propensity/learn-choice.ts"
import { learnRebuy } from "../../models/rebuy/learn-rebuy.ts"
import { learnRenewal } from "../../models/renewal/learn-renewal.ts"
import { startingConfiguration } from "../../models/search/configuration.ts"
import type { Item } from "../../src/core/catalogue/item.ts"
import { decodeRelease } from "../../src/core/release/decode-release.ts"
import type { ReleaseContents } from "../../src/core/release/release.ts"
import { dayMs } from "../../src/core/time/durations.ts"

export interface MadePast {
  dataset: Dataset
  catalogue: readonly Item[]
  /** Milliseconds since the epoch; all events are before it. */
  untilMs: number
}

/**
 * Fits releases of 64 factors on a made past, one for each seed, with the models that decisions ask: renewal times, repurchases, and the
 * choice that a personal prior comes from. Training fits the same ones; it also searches parameters, and measures.
 */
export async function fitMadeReleases(
  { dataset, catalogue, untilMs }: MadePast,
  seeds: readonly number[],
  { threads, say }: { threads: number; say: (line: string) => void },
): Promise<{ seed: number; contents: ReleaseContents }[]> {
  const items = new Map(catalogue.map((item) => [item.id, item]))
  const horizonMs = horizonOf(dataset) * dayMs
  const horizon = { cut: untilMs - horizonMs, until: untilMs }
  const historiesBefore = historyFolder(dataset)
  const earlierHistories = historiesBefore(horizon.cut)
  const histories = historiesBefore(untilMs)
  const [seed = 1] = seeds
  const facts = { id: "earlier", createdAt: untilMs }
  const earlierPast = pastOf(earlierHistories, horizon.cut)
  const earlier = await fitRelease(earlierPast, startingConfiguration(seed), { threads }, facts)
  const renewal = learnRenewal({ histories, catalogue: items, untilMs })
  const rebuy = learnRebuy(dataset, { until: untilMs, horizonMs, seed })
  for (const { summary } of [renewal, rebuy]) say(summary)
  const past = pastOf(histories, untilMs)
  const fitted = []
  for (const seed of seeds) {
    const tastes = await fitContents(past, startingConfiguration(seed), { threads })
    const contents = { ...tastes, ...renewal.contents, ...rebuy.contents }
    const release = decodeRelease({ id: "made", createdAt: untilMs, trainedUntil: untilMs }, contents)
    const choice = learnChoice(dataset, {
      earlier: { release: earlier, histories: earlierHistories, horizon },
      release,
      histories,
      rebuy: release.rebuy,
      items,
      until: untilMs,
    })
    say(`release ${fitted.length + 1} of ${seeds.length}; ${choice.summary}`)
    fitted.push({ seed, contents: { ...contents, ...choice.contents } })
  }
  return fitted
}
