import type { ContentQuestion } from "../../core/content/content-request.ts"
import { contentStands, type SellingLimits } from "../../core/content/content-stands.ts"
import type { ItemTally } from "../../core/content/item-spread.ts"
import { localeOf } from "../../core/customer/locale.ts"
import { hasOpenCase } from "../../core/decision/candidate.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import { type Content, type LinkTo, renderContent } from "../../render/content.ts"
import type { Reader } from "../../render/content-cards.ts"
import { rankedItems, toOfferView } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import type { ContentFormat, ContentKey, StoredContent } from "../../store/content/contents.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import type { DecisionQuery } from "../decisions/prepare-decision.ts"
import { type ReadyDecision, recordDecision } from "../decisions/record-decision.ts"
import type { Click } from "./click-token.ts"

export const contentChannel = "email"

/** Slot of a mailing that content is asked for. */
export type ContentSlot = Pick<ContentQuestion, "placement" | "campaign" | "slot" | "locale">

type Bodies<F extends ContentFormat> = Readonly<Record<F, Uint8Array>>

/** Stored content; `bodies` is `null` where it must not be shown now. */
export interface StandingContent<F extends ContentFormat> {
  bodies: Bodies<F> | null
}

interface Deciding {
  /** Signs the links that count clicks. */
  sign: (click: Click) => string
  /** Limits the shares of items in a campaign that is decided as a whole. */
  tally?: ItemTally
}

/** Returns a customer's content as it was stored, or `null` where none is. */
export async function readStanding<F extends ContentFormat>(
  services: Services,
  asked: ContentSlot,
  customer: CustomerRecord,
  formats: readonly F[],
): Promise<StandingContent<F> | null> {
  const needsText = formats.some((format) => format === "text")
  const needed: ContentFormat[] = needsText ? [...new Set([...formats, "json" as const])] : [...formats]
  const stored = await services.store.contents.read(keyOf(asked, customer), needed)
  if (stored === null) return null
  if (!mayBeShown(services, asked, stored, customer)) return { bodies: null }
  const { json, text } = stored.bodies
  // Content that was stored before it had a text has one made of its JSON.
  const made = needsText && json && !text ? { text: textOf(services, json, asked, customer) } : {}
  return { bodies: { ...stored.bodies, ...made } as Bodies<F> }
}

/** Decides and stores a customer's content, by the consents and cases of now; returns `null` where no offer may be made. */
export async function decideContent<F extends ContentFormat>(
  services: Services,
  asked: ContentSlot,
  customer: CustomerRecord,
  formats: readonly F[],
  { sign, tally }: Deciding,
): Promise<Bodies<F> | null> {
  const { placement, campaign, locale } = asked
  const { publicUrl } = services.config
  const itemSpread = tally?.next()
  const query: DecisionQuery = {
    verb: "content",
    placement,
    channel: contentChannel,
    locale,
    contactGroup: campaign,
    itemSpread,
  }
  const { recorded } = await recordDecision(services, customer, query, async (ready) => {
    if (!ready.answer.trace.options.some(({ offerId }) => offerId !== null)) return "empty" as const
    const { decision, reservationRequest } = ready
    const linkTo: LinkTo = (address) =>
      publicUrl === undefined ? address : `${publicUrl}/v1/c/${sign({ decisionId: decision.id, address })}`
    const content = contentOf(services, asked, ready)
    const bodies = renderContent(content, readerOf(services, ready.locale), linkTo)
    tally?.give(content.offer?.itemId)
    const kept = await services.store.contents.keep(keyOf(asked, customer), bodies, decision, reservationRequest)
    if (kept === "kept") return { bodies }
    tally?.takeBack(content.offer?.itemId)
    return kept
  })
  if (recorded === "empty") return null
  if (recorded !== "standing") return recorded.bodies
  return (await readStanding(services, asked, customer, formats))?.bodies ?? null
}

const keyOf = ({ placement, campaign, slot }: ContentSlot, { customerId }: CustomerRecord): ContentKey => ({
  customerId,
  placement,
  campaign,
  slot,
})

/** Returns who reads content in a locale, by default the shop's. */
export const readerOf = ({ settings }: Pick<Services, "settings">, locale: string | undefined): Reader => {
  const shop = settings.current()
  return { locale: locale ?? shop.locale, currency: shop.currency }
}

function textOf(services: Services, json: Uint8Array, { locale }: ContentSlot, customer: CustomerRecord): Uint8Array {
  const content: Content = JSON.parse(Buffer.from(json).toString("utf8"))
  return renderContent(content, readerOf(services, locale ?? localeOf(customer.traits))).text
}

/** Returns whether the consent that stored content needs still stands and, where it sells, the customer may be sold to now. */
function mayBeShown(
  services: Services,
  { placement }: ContentSlot,
  { offerId, kind }: StoredContent,
  customer: CustomerRecord,
): boolean {
  const purpose = offerId === null ? undefined : services.catalogue.current().offers.get(offerId)?.purpose
  const offer = kind && { kind, ...(purpose && { purpose }) }
  return contentStands(offer, contentChannel, sellingLimitsOf(services, placement, customer))
}

/** Returns the customer's side of whether they may be sold to at a placement now. */
export const sellingLimitsOf = (
  { clock, policies }: Pick<Services, "clock" | "policies">,
  placement: string,
  { consents, history }: CustomerRecord,
): SellingLimits => ({
  consents,
  hasOpenCase: hasOpenCase({ history, nowMs: clock() }, policies.of(placement)),
})

const contentOf = (
  { catalogue }: Services,
  { placement, campaign, slot }: ContentSlot,
  { answer, decision, picks }: ReadyDecision,
): Content => ({
  placement,
  campaign,
  slot,
  decisionId: decision.id,
  kind: answer.kind,
  offer: answer.chosen && toOfferView(answer.chosen, [], catalogue.current()),
  items: rankedItems(picks, catalogue.current(), { offer: answer.chosen?.offer ?? null }),
  ...modelUsed(decision.releaseId),
  fallback: false,
})
