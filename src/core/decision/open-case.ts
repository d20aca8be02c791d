import type { Offer } from "../catalogue/offer.ts"
import { openCases } from "../history/history.ts"
import type { Policy } from "../policy/policy.ts"
import { dayMs } from "../time/durations.ts"
import type { DecisionContext } from "./candidate.ts"
import { isLive } from "./contact.ts"

/**
 * Returns the id of the case that a notice is about, so that each case gets its own notice: the complaint or order that the caller or a trigger names, else
 * the latest open one without a notice so far. `undefined` for other offers, and where no case has an id.
 */
export function caseIdOf(
  { id, kind, caseType = "any" }: Pick<Offer, "id" | "kind" | "caseType">,
  { history, attributes = {}, reservations = [], nowMs }: DecisionContext,
  { service }: Pick<Policy, "service">,
): string | undefined {
  if (kind !== "notice") return undefined
  const named = attributes.complaintId ?? attributes.orderId
  if (named !== undefined) return String(named)
  const sinceMs = nowMs - service.maxCaseAgeDays * dayMs
  const { complaints, delays } = history
  const open = [
    ...(caseType === "delay" || caseType === "none"
      ? []
      : openCases(complaints, sinceMs).map((name) => ({ name, ...complaints[name]! }))),
    ...(caseType === "complaint" || caseType === "none"
      ? []
      : openCases(delays, sinceMs).map((name) => ({ name, ...delays[name]! }))),
  ]
  const names = open
    .filter(({ name }) => name !== "")
    .sort((a, b) => b.openedAt! - a.openedAt! || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name)
  const told = new Set(
    reservations.filter((held) => held.offerId === id && isLive(held, nowMs)).map((held) => held.caseId),
  )
  return names.find((name) => !told.has(name)) ?? names[0]
}
