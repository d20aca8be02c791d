import type { Possession, RenewableItem } from "../possession/possession.ts"
import type { Silence } from "../possession/silence.ts"
import type { PolicyDraft } from "./policy.ts"

/** Rule by which an item or a win-back makes no sense for a customer now, with a sentence. */
export interface PossessionRefusal {
  rule: "returned" | "onItsWay" | "boughtRecently"
  reason: string
}

/** Returns why an item makes no sense for what the customer has, gave back or waits for; `null` when it does. */
export function possessionRefusal(
  item: RenewableItem,
  possession: Possession,
  { returned, onItsWay, minNeededAgain }: PolicyDraft["possession"],
): PossessionRefusal | null {
  const facts = possession.of(item.id)
  if (facts.returned && returned === "drop")
    return { rule: "returned", reason: "the customer sent it back and has not bought it again" }
  if (facts.onItsWay && onItsWay === "drop")
    return { rule: "onItsWay", reason: "it is ordered, and not known to be delivered" }
  if (minNeededAgain === 0 || facts.boughtAt.length === 0) return null
  const chance = possession.neededAgain(item) ?? 1
  if (chance >= minNeededAgain) return null
  const days = Math.floor(possession.daysSinceBought(item.id) ?? 0)
  return {
    rule: "boughtRecently",
    reason: `bought ${days === 1 ? "1 day" : `${days} days`} ago: it is needed again by now with a chance of ${chance.toFixed(2)}, and ${minNeededAgain} is needed`,
  }
}

/** Returns a function that tells whether an item of a catalogue makes no sense for the customer now. */
export const itemsOutOf =
  (items: ReadonlyMap<string, RenewableItem>, possession: Possession, terms: PolicyDraft["possession"]) =>
  (itemId: string): boolean => {
    const item = items.get(itemId)
    return item !== undefined && possessionRefusal(item, possession, terms) !== null
  }

/** Returns why nobody has to be won back: the silence is not long for this customer; `null` when it is. */
export function silenceRefusal(
  silence: Silence | undefined,
  { minSilence }: PolicyDraft["possession"],
): { rule: "notSilent"; reason: string } | null {
  if (minSilence === 0) return null
  if (silence === undefined)
    return { rule: "notSilent", reason: "nothing is known of the customer, who cannot be missed" }
  const { intervals, usualIntervalDays } = silence
  if (intervals >= minSilence) return null
  return {
    rule: "notSilent",
    reason: `the customer's last order or visit is ${intervals.toFixed(1)} usual intervals of ${usualIntervalDays.toFixed(0)} days ago, below ${minSilence}`,
  }
}
