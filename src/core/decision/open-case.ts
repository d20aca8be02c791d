import type { Offer } from "../catalogue/offer.ts"
import { openMatters } from "../history/history.ts"
import type { Policy } from "../policy/policy.ts"
import type { Situation } from "./candidate.ts"
import { isLive } from "./contact.ts"

/**
 * Which matter a notice is about, so that each is told of by itself: the complaint or order that the caller or a trigger names, else of
 * those that are open the latest it was not yet told of. `undefined` for all other offers, and where no matter has a name.
 */
export function matterOf(
  { id, kind, matter = "any" }: Pick<Offer, "id" | "kind" | "matter">,
  { history, context = {}, reservations = [], nowMs }: Situation,
  { service }: Pick<Policy, "service">,
): string | undefined {
  if (kind !== "notice") return undefined
  const named = context.complaintId ?? context.orderId
  if (named !== undefined) return String(named)
  const sinceMs = nowMs - service.maxMatterAgeDays * dayMs
  const { complaints, delays } = history
  const open = [
    ...(matter === "delay" || matter === "none"
      ? []
      : openMatters(complaints, sinceMs).map((name) => ({ name, ...complaints[name]! }))),
    ...(matter === "complaint" || matter === "none"
      ? []
      : openMatters(delays, sinceMs).map((name) => ({ name, ...delays[name]! }))),
  ]
  const names = open
    .filter(({ name }) => name !== "")
    .sort((a, b) => b.openedAt! - a.openedAt! || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name)
  const told = new Set(
    reservations.filter((held) => held.offerId === id && isLive(held, nowMs)).map((held) => held.matter),
  )
  return names.find((name) => !told.has(name)) ?? names[0]
}

const dayMs = 86_400_000
