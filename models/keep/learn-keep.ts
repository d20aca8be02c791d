import type { ArtifactContent } from "../../src/core/artifact/artifact.ts"
import type { Catalogue } from "../../src/core/catalogue/catalogue.ts"
import type { Event } from "../../src/core/history/event.ts"
import { interactionKind } from "../../src/core/history/event-table.ts"
import { fold } from "../../src/core/history/fold.ts"
import { emptyHistory } from "../../src/core/history/history.ts"
import { writeKeep } from "../../src/core/keep/keep-artifact.ts"
import { keepFeaturesOf } from "../../src/core/keep/keep-features.ts"
import type { Release } from "../../src/core/release/release.ts"
import type { StoredSend } from "../../src/store/sends/send-rows.ts"
import type { Store } from "../../src/store/store.ts"
import { type Dataset, eventsOf } from "../data/dataset.ts"
import { spread } from "../data/window.ts"
import type { KeepExample } from "./examples.ts"
import { fitKeep, type KeepFit, neededSends } from "./fit.ts"
import { keepParameters } from "./parameters.ts"

/** A resolved send of goods, gifts excluded. */
export interface ResolvedSend {
  customerId: string
  itemId: string
  /** Time of planning, milliseconds; features use only what was known then. */
  at: number
  kept: boolean
}

export interface LearntKeep {
  contents: { keep?: ArtifactContent }
  /** Entry in the release's manifest. */
  manifest: Omit<KeepFit, "keep"> & { basis: "sends" | "purchases" | null; sends: number; lines: number }
  said: string
}

/** Orders of before the last this many days are believed to be kept unless something came back. */
const returnDays = 30
/** Lines of orders looked at, spread evenly. */
const mostLines = 2000

/** Learns P(kept | sent unasked) from sends and, while they are few, from lines of orders, with the features a release gives the histories of then. */
export async function learnKeep(
  {
    dataset,
    sends,
    release,
    catalogue,
  }: {
    dataset: Dataset
    sends: readonly ResolvedSend[]
    release: Release
    catalogue: Pick<Catalogue, "items">
  },
  { until, seed = 1, checkTime = () => {} }: { until: number; seed?: number; checkTime?: () => void },
): Promise<LearntKeep> {
  const customerOf = new Map(dataset.customerIds.map((id, customer) => [id, customer]))
  const lines = sends.length >= neededSends.resolved ? [] : orderLines(dataset, until - returnDays * 86_400_000)
  const examplesOf = (cases: readonly ResolvedSend[]): KeepExample[] =>
    cases.map(({ customerId, itemId, at, kept }) => {
      checkTime()
      const customer = customerOf.get(customerId)
      const events = customer === undefined ? [] : eventsOf(dataset, customer, { until: at })
      const history = fold(emptyHistory, events)
      const features = keepFeaturesOf({ history, vector: null, nowMs: at }, release, catalogue)([itemId])[0]!
      return { customerId, at, features, kept }
    })
  const ascending = [...sends].sort((a, b) => a.at - b.at)
  const { keep, ...fit } = await fitKeep(examplesOf(ascending), examplesOf(lines), {
    ...keepParameters,
    seed,
    checkTime,
  })
  const basis = keep?.basis ?? null
  return {
    contents: keep === null ? {} : { keep: writeKeep(keep) },
    manifest: { ...fit, basis, sends: sends.length, lines: lines.length },
    said:
      basis === "sends"
        ? `keep: learnt from ${sends.length} sends`
        : `keep: ${basis === null ? "nothing learnt" : "rests on orders, so no parcel may leave unasked"}: ${fit.reason}`,
  }
}

/** Reads the resolved sends of a store. */
export async function readSends({ sends }: Pick<Store, "sends">, until: number): Promise<ResolvedSend[]> {
  const found: ResolvedSend[] = []
  for (let after: string | null = null; ; ) {
    const page: StoredSend[] = await sends.resolved(until, after, sendsAPage)
    for (const { customerId, itemId, createdAt, state } of page)
      found.push({ customerId, itemId, at: createdAt, kept: state === "kept" })
    if (page.length < sendsAPage) return found
    after = page.at(-1)!.id
  }
}

const sendsAPage = 5000

/** Returns the latest order lines and whether each came back, ascending in time. */
function orderLines(dataset: Dataset, before: number): ResolvedSend[] {
  const lines: ResolvedSend[] = []
  for (const [customer, customerId] of dataset.customerIds.entries()) {
    const events = eventsOf(dataset, customer, { until: Number.POSITIVE_INFINITY })
    for (const event of events) {
      if (interactionKind(event.name) !== "purchase" || event.at >= before) continue
      for (const { itemId } of event.lines) {
        lines.push({ customerId, itemId, at: event.at, kept: !cameBack(itemId, event.at, events) })
      }
    }
  }
  return spread(
    lines.sort((a, b) => a.at - b.at),
    mostLines,
  )
}

const cameBack = (itemId: string, afterMs: number, events: readonly Event[]) =>
  events.some(
    ({ name, at, lines }) =>
      at > afterMs && interactionKind(name) === "return" && lines.some((line) => line.itemId === itemId),
  )
