import { type RankingTrace, rankedAnew, rankingTraceSchema } from "../../core/decision/ranking-trace.ts"
import type { History, ItemHistory } from "../../core/history/history.ts"
import { isKept } from "../../core/history/net-purchases.ts"
import { recommend } from "../../core/preference/recommend.ts"
import type { Slot } from "../../core/preference/slot.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import type { Decision } from "../../store/decisions/decision-types.ts"
import { customerPossession } from "../customers/customer-possession.ts"
import { scoringInputs } from "./scoring-inputs.ts"

interface UsedUp {
  before: { decision: Decision; trace: RankingTrace }
  /** Ids of the decisions whose `ranked` hold all that was on a list. */
  lists: readonly string[]
  excluded: ReadonlySet<string>
  nowMs: number
}

/**
 * Ranks what is available and was on no list yet, for a recommendation that has used up its list; what was bought since its first page
 * may come. Returns `null` if nothing is left.
 */
export async function rankAnew(
  services: Services,
  { before, lists, excluded, nowMs }: UsedUp,
  customer: CustomerRecord,
): Promise<{ slots: readonly Slot[]; releaseId: string | null } | null> {
  const { trace } = before
  const release = services.live.current()
  const catalogue = services.catalogue.current()
  const passed = await readLists(services, before, lists)
  const first = passed[0]!
  const history = withoutItemsSince(customer.history, first.at)
  const isBought = (itemId: string) => isKept(history, itemId)
  // Where nothing but repeats was left, the first page had repeats.
  const isOfRepeats = trace.repeats === "allowed" || first.ranked.some(isBought)
  const policy = services.policies.of(before.decision.placement)
  const { isOut } = customerPossession(services, customer, policy, nowMs)
  const own = [...Object.keys(history.items), ...Object.keys(history.sends ?? {})]
  const isOutLeftOut = !first.ranked.some(isOut)
  const unwanted = own.filter((itemId) => (!isOfRepeats && isBought(itemId)) || (isOutLeftOut && isOut(itemId)))
  const slots = recommend(
    {
      ...scoringInputs(customer, release),
      history,
      nowMs,
      repeats: trace.repeats,
      ...(trace.repeats === "excluded" && { isOut }),
      ...(trace.filter && { filter: trace.filter }),
      exclude: [...passed.flatMap(({ ranked }) => ranked), ...excluded, ...unwanted],
      limit: rankedAnew,
      explain: false,
    },
    release,
    catalogue,
  )
  return slots.length > 0 ? { slots, releaseId: release?.id ?? null } : null
}

/** Reads what was on the lists of a recommendation; throws `notFound` if one of them is no longer kept. */
async function readLists(
  { store }: Pick<Services, "store">,
  before: UsedUp["before"],
  lists: readonly string[],
): Promise<{ at: number; ranked: readonly string[] }[]> {
  return Promise.all(
    lists.map(async (id) => {
      if (id === before.decision.id) return { at: before.decision.at, ranked: before.trace.ranked }
      const found = await store.decisions.read(id)
      if (found === null)
        throw new ApiError("notFound", "the first pages of this list are no longer kept; start over without `after`")
      return { at: found.decision.at, ranked: rankingTraceSchema.parse(found.decision.trace).ranked }
    }),
  )
}

/** The history without what only happened since a time: it takes nothing off a list that is being shown. */
function withoutItemsSince({ items, sends = {}, ...history }: History, sinceMs: number): History {
  const isOlder = ({ lastAt, purchaseTimes = [] }: Pick<ItemHistory, "lastAt"> & Partial<ItemHistory>) =>
    lastAt < sinceMs || (purchaseTimes[0] ?? sinceMs) < sinceMs
  const older = <T extends { lastAt: number }>(records: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(records).filter(([, record]) => isOlder(record)))
  return { ...history, items: older(items), sends: older(sends) }
}
