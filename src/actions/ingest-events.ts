import { foldVector } from "../core/preference/fold-vector.ts"
import type { IncomingEvent } from "../core/history/event.ts"
import type { Services } from "../services.ts"
import type { EventResult } from "../store/events.ts"

export interface IngestEventsOptions {
  /** Whether an event that names two existing customers may make them one: server-side keys only. */
  mayMerge: boolean
  /** `later` is for bulk: `refoldCustomers` must follow. */
  fold?: "now" | "later"
}

/** Records events once each, per message id; results are in the order of the events. */
export async function ingestEvents(
  { store, live, clock }: Pick<Services, "store" | "live" | "clock">,
  events: readonly IncomingEvent[],
  { mayMerge, fold = "now" }: IngestEventsOptions,
): Promise<EventResult[]> {
  const receivedAt = clock()
  if (fold === "later") return store.events.append(events, { mayMerge, receivedAt })
  const release = live.current()
  const deriveVector: Parameters<typeof store.events.ingest>[1]["deriveVector"] = (history) =>
    release && { releaseId: release.id, vector: foldVector(history, release) }
  return store.events.ingest(events, { mayMerge, receivedAt, deriveVector })
}
