import type { Caller } from "../../core/access/scope.ts"
import { type CampaignQuestion, type CampaignRow, exportWriters } from "../../core/content/campaign-export.ts"
import { campaignItemShare, createItemTally, type ItemTally } from "../../core/content/item-spread.ts"
import type { Services } from "../../services.ts"
import { type AudienceMember, contentFormats } from "../../store/content/contents.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { customerArm } from "../customers/customer-arm.ts"
import { findCustomer } from "../customers/find-customer.ts"
import { type Click, createClickSigner } from "./click-token.ts"
import { decideContent, readStanding, type StandingContent } from "./own-content.ts"

const customersAtOnce = 200
const decisionsAtOnce = 8

/**
 * Yields the content of a campaign for every customer who may be contacted, as lines of the requested format, by customer id. Decides
 * now for customers without content, in that order, so that no item exceeds its share of the lines so far; repeats the stored bytes for
 * others; leaves out customers who may get no offer now, as those of the universal holdout.
 */
export async function* exportCampaign(
  services: Services,
  question: CampaignQuestion,
  caller: Caller,
): AsyncGenerator<string> {
  const writer = exportWriters[question.format]
  if (writer.header !== "") yield writer.header
  const { placement, maxItemShare } = question
  const tally = createItemTally(campaignItemShare(services.catalogue.current(), placement, maxItemShare))
  const campaign = { services, question, tally, sign: await createClickSigner(services) }
  for (let after: string | null = null; ; ) {
    const audience: AudienceMember[] = await services.store.contents.audience(after, customersAtOnce)
    for (let n = 0; n < audience.length; n += decisionsAtOnce) {
      const some = audience.slice(n, n + decisionsAtOnce)
      const read = await Promise.all(some.map((member) => readReader(services, question, caller, member)))
      // Each is decided before the next one's turn; only the writing overlaps.
      const rows = await Promise.all(read.map((reader) => rowOf(campaign, reader)))
      for (const row of rows) if (row) yield writer.row(row)
    }
    if (audience.length < customersAtOnce) return
    after = audience.at(-1)!.customerId
  }
}

interface Campaign {
  services: Services
  question: CampaignQuestion
  tally: ItemTally
  sign: (click: Click) => string
}

interface CampaignReader {
  member: AudienceMember
  customer: CustomerRecord
  standing: StandingContent<(typeof contentFormats)[number]> | null
}

async function readReader(
  services: Services,
  question: CampaignQuestion,
  caller: Caller,
  member: AudienceMember,
): Promise<CampaignReader> {
  const customer = await findCustomer(services, { customerId: member.customerId }, caller)
  return { member, customer, standing: await readStanding(services, question, customer, contentFormats) }
}

async function rowOf(
  { services, question, tally, sign }: Campaign,
  { member, customer, standing }: CampaignReader,
): Promise<CampaignRow | null> {
  const bodies = standing
    ? standing.bodies
    : await decideContent(services, question, customer, contentFormats, { sign, tally })
  if (bodies === null) return null
  const decode = (body: Uint8Array) => Buffer.from(body).toString("utf8")
  const content = JSON.parse(decode(bodies.json))
  if (content.kind === "nothing" && customerArm(services, customer.customerId).name === "holdout") return null
  if (standing) tally.give(content.offer?.itemId)
  return { ...member, content, html: decode(bodies.html), text: decode(bodies.text) }
}
