import type { Slot } from "./slot.ts"

interface Share {
  /** Least share of the slots that count. */
  share: number
  /** Part of one such slot, in [0, 1), that the list begins with: it decides who has one where a short list has room for none. */
  start?: number
  limit: number
  counts: (slot: Slot) => boolean
}

/** Takes `wanted` in its order, and from `other`, which is asked for once and only then, wherever the list so far would hold less than the share of what counts. */
export function spreadShare(
  wanted: readonly Slot[],
  other: () => readonly Slot[],
  { share, start = 0, limit, counts }: Share,
): Slot[] {
  const slots: Slot[] = []
  const taken = new Set<string>()
  const nextOf = (list: readonly Slot[]) => list.find(({ itemId }) => !taken.has(itemId))
  let asked: readonly Slot[] | undefined
  const nextOfOther = () => {
    asked ??= other()
    return nextOf(asked)
  }
  let counted = 0
  while (slots.length < limit) {
    const isNeeded = counted < Math.floor(share * (slots.length + 1) + start + 1e-9)
    const next = (isNeeded ? nextOfOther() : undefined) ?? nextOf(wanted) ?? nextOfOther()
    if (next === undefined) break
    slots.push(next)
    taken.add(next.itemId)
    if (counts(next)) counted++
  }
  return slots
}
