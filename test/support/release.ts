import { pastOf } from "../../models/data/past.ts"
import { fitContents } from "../../models/learn/fit-release.ts"
import { type Configuration, startingConfiguration } from "../../models/search/configuration.ts"
import type { Catalogue } from "../../src/core/catalogue/catalogue.ts"
import type { Item } from "../../src/core/catalogue/item.ts"
import type { Event } from "../../src/core/history/event.ts"
import { fold } from "../../src/core/history/fold.ts"
import { emptyHistory, type History } from "../../src/core/history/history.ts"
import { decodeRelease } from "../../src/core/release/decode-release.ts"
import type { Release, ReleaseContents } from "../../src/core/release/release.ts"

export const day = 86_400_000
export const noon = Date.UTC(2024, 0, 1, 12)

/** An event `days` after `noon` that concerns one unit of each item. */
export const eventOf = (name: string, days: number, ...itemIds: string[]): Event => ({
  messageId: `${name} ${days} ${itemIds.join()}`,
  at: noon + days * day,
  name,
  lines: itemIds.map((itemId) => ({ itemId, quantity: 1 })),
  properties: {},
})

export const bought = (days: number, ...itemIds: string[]) => eventOf("Order Completed", days, ...itemIds)
export const viewed = (days: number, ...itemIds: string[]) => eventOf("Product Viewed", days, ...itemIds)
export const historyOf = (...events: Event[]): History => fold(emptyHistory, events)

export const catalogueOf = (items: readonly Item[]): Catalogue => ({
  version: 1,
  items: new Map(items.map((item) => [item.id, item])),
  offers: new Map(),
})

export const itemsNamed = (...ids: string[]): Item[] => ids.map((id) => ({ id, title: id }))

/** Artifacts fitted on these histories with a few dimensions. */
export function fitSmall(
  histories: readonly History[],
  { untilMs = noon + 10 * day, ...changes }: Partial<Configuration> & { untilMs?: number } = {},
): Promise<ReleaseContents> {
  const start = startingConfiguration(1)
  const preference = { ...start.preference, dimensions: 6 }
  return fitContents(pastOf(histories, untilMs), { ...start, preference, ...changes }, { threads: 1 })
}

export const fitSmallRelease = async (...fit: Parameters<typeof fitSmall>): Promise<Release> =>
  decodeRelease({ id: "release", createdAt: noon, trainedUntil: noon }, await fitSmall(...fit))
