import type { Caller } from "../../core/access/scope.ts"
import { type CampaignQuestion, type CampaignRow, exportWriters } from "../../core/content/campaign-export.ts"
import type { Services } from "../../services.ts"
import type { AudienceMember } from "../../store/content/contents.ts"
import { ownContent } from "./serve-content.ts"

const customersAtOnce = 200
const decisionsAtOnce = 8

/**
 * Yields the content of a campaign for every customer who may be contacted, as lines of the requested format, by customer id. Decides
 * now for customers without content and repeats the stored bytes for others; leaves out customers who may get no offer now.
 */
export async function* exportCampaign(
  services: Services,
  question: CampaignQuestion,
  caller: Caller,
): AsyncGenerator<string> {
  const writer = exportWriters[question.format]
  if (writer.header !== "") yield writer.header
  for (let after: string | null = null; ; ) {
    const audience: AudienceMember[] = await services.store.contents.audience(after, customersAtOnce)
    for (let n = 0; n < audience.length; n += decisionsAtOnce) {
      const some = audience.slice(n, n + decisionsAtOnce)
      const rows = await Promise.all(some.map((member) => rowOf(services, question, caller, member)))
      for (const row of rows) if (row) yield writer.row(row)
    }
    if (audience.length < customersAtOnce) return
    after = audience.at(-1)!.customerId
  }
}

async function rowOf(
  services: Services,
  { campaign, placement, slot, locale }: CampaignQuestion,
  caller: Caller,
  { customerId, userId, email }: AudienceMember,
): Promise<CampaignRow | null> {
  const asked = { customer: customerId, placement, campaign, slot, locale }
  const json = await ownContent(services, { ...asked, format: "json" }, caller)
  const html = json && (await ownContent(services, { ...asked, format: "html" }, caller))
  const text = json && (await ownContent(services, { ...asked, format: "text" }, caller))
  if (!json || !html || !text) return null
  const decode = (body: Uint8Array) => Buffer.from(body).toString("utf8")
  const content = JSON.parse(decode(json.body))
  return { customerId, userId, email, content, html: decode(html.body), text: decode(text.body) }
}
