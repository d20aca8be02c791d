import pino from "pino"
import { newId } from "../../src/start/new-id.ts"
import { saveRelease } from "../../src/store/releases/save-release.ts"
import type { Store } from "../../src/store/store.ts"
import { tester } from "./actor.ts"
import { bought, fitSmall, historyOf } from "./release.ts"

export const silent = pino({ level: "silent" })

const measured = (ndcg20: number) => ({ served: { ndcg20 }, popularity: { ndcg20: 0.2 }, habit: { ndcg20: 0.2 } })

/** Metrics with this NDCG@20 on both questions, where popularity has 0.2. */
export const metricsOf = (ndcg20: number) => ({ all: measured(ndcg20), firstTime: measured(ndcg20) })

/** A small readable release, saved with this manifest; its items are of these names. */
export async function saveSmallRelease(
  store: Store,
  manifest: Record<string, unknown> = { metrics: metricsOf(0.3) },
  items: readonly string[] = ["brush", "paint", "paper"],
): Promise<string> {
  const histories = items.map((_, n) => historyOf(bought(n, ...items.slice(0, n + 1))))
  return saveRelease(store.releases, await fitSmall(histories), { manifest, newId, at: Date.now(), actor: tester })
}
