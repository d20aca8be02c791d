import type { History } from "../history/history.ts"
import { isKept } from "../history/net-purchases.ts"
import type { Slot } from "../preference/slot.ts"

/** Items that a list showed to a customer, at a time in milliseconds since the epoch. */
export interface ShownList {
  placement: string
  at: number
  itemIds: readonly string[]
}

/** The items that a customer passed over in earlier visits, and how far a list moves them. */
export interface Rotation {
  /** Earlier visits in which each item was shown and passed over. */
  visitsByItem: ReadonlyMap<string, number>
  /** Places that each visit moves an item down. */
  step: number
}

/** Milliseconds after which what is shown is of another visit. */
export const visitGapMs = 30 * 60_000
const maxVisits = 4

/**
 * Counts the visits in which a list showed an item and the customer did nothing with it, then or later. What they own is not passed
 * over by not being bought once more.
 */
export function countPassedOver(shown: readonly ShownList[], history: History): Map<string, number> {
  const visitsByItem = new Map<string, number>()
  let visit = new Set<string>()
  let latest = Number.NEGATIVE_INFINITY
  for (const { at, itemIds } of [...shown].sort((a, b) => a.at - b.at)) {
    if (at - latest > visitGapMs) visit = new Set()
    latest = at
    for (const itemId of itemIds) {
      const touchedAt = history.items[itemId]?.lastAt ?? Number.NEGATIVE_INFINITY
      if (visit.has(itemId) || touchedAt >= at || isKept(history, itemId)) continue
      visit.add(itemId)
      visitsByItem.set(itemId, (visitsByItem.get(itemId) ?? 0) + 1)
    }
  }
  return visitsByItem
}

/** Moves each slot down by the visits in which it was passed over, four at most; the others keep their order. */
export function rotate(slots: readonly Slot[], rotation: Rotation | undefined): Slot[] {
  if (rotation === undefined || rotation.visitsByItem.size === 0) return [...slots]
  const { visitsByItem, step } = rotation
  const placed = slots.map((slot, place) => {
    const moved = step * Math.min(maxVisits, visitsByItem.get(slot.itemId) ?? 0)
    return { slot, place: place + moved, isMoved: moved > 0 }
  })
  return placed.sort((a, b) => a.place - b.place || Number(a.isMoved) - Number(b.isMoved)).map(({ slot }) => slot)
}
