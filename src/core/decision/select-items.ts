import type { Catalogue } from "../catalogue/catalogue.ts"
import type { History } from "../history/history.ts"
import { recommend } from "../preference/recommend.ts"
import type { Slot } from "../preference/slot.ts"
import type { Release } from "../release/release.ts"
import { type CustomerRebuy, customerRebuy } from "../repurchase/rebuy.ts"
import { replenishmentCandidates } from "../repurchase/replenishment-candidates.ts"
import type { SelectItems } from "./candidate.ts"

interface Taste {
  history: History
  vector: Float32Array | null
  nowMs: number
  /** Returns whether an item makes no sense for the customer now. */
  isOut?: (itemId: string) => boolean
  /** Chances of what the customer buys; by default computed from the history. */
  chances?: CustomerRebuy | null
  /** Items that nobody may be given now. */
  full?: ReadonlySet<string>
}

/** Picks by this customer's preference, for a replenishment what they need again; what one selector finds is found once a decision. */
export function preferenceSelector(
  { full = new Set(), chances, ...taste }: Taste,
  release: Release | null,
  catalogue: Catalogue,
  repeats: "allowed" | "excluded",
): SelectItems {
  const exclude = [...full]
  const isOut = (itemId: string) => full.has(itemId) || (taste.isOut?.(itemId) ?? false)
  const found = new Map<string, readonly Slot[]>()
  return ({ items: selector, kind }) => {
    if (selector === undefined) return []
    const key = JSON.stringify([selector.filter, selector.repeats, selector.limit, kind === "replenishment"])
    const known = found.get(key)
    if (known) return known
    const { filter, limit } = selector
    const question = {
      ...taste,
      exclude,
      limit,
      explain: false,
      repeats: selector.repeats ?? (kind === "replenishment" ? "allowed" : repeats),
      ...(filter && { filter }),
    }
    const needs =
      kind === "replenishment" && release?.rebuy
        ? replenishmentCandidates(
            { ...question, isOut },
            chances ?? customerRebuy(taste.history, release.rebuy, taste.nowMs),
            catalogue,
          )
        : []
    const slots = needs.length > 0 ? needs : recommend(question, release, catalogue)
    found.set(key, slots)
    return slots
  }
}
