import { z } from "@hono/zod-openapi"
import { exportCampaign as exportRows } from "../../actions/content/export-campaign.ts"
import { campaignParametersSchema, exportQuerySchema, exportWriters } from "../../core/content/campaign-export.ts"
import { access, createRoute, endpoint } from "../server/api.ts"
import { problemSchema } from "../server/problem.ts"
import { servicesAtOwnUrl } from "../server/proxies.ts"

const lines = { schema: z.string() }

export const exportCampaign = endpoint(
  createRoute({
    ...access({ permission: "campaigns:export" }),
    tags: ["content"],
    method: "get",
    path: "/v1/campaigns/{campaign}/export",
    operationId: "exportCampaign",
    summary: "Export a campaign's content",
    description:
      "Returns a line for each customer who may be contacted, with their user id and e-mail address. Content is decided now for customers without content in this campaign; a repeated export has the same bytes. No item goes to more than `maxItemShare` of the lines so far: it is left out for the next customer, and their decision's trace says so. Without a locale the first matching treatment is used.",
    request: { params: campaignParametersSchema, query: exportQuerySchema },
    responses: {
      200: { description: "The lines", content: { "application/x-ndjson": lines, "text/csv": lines } },
      default: { description: "A problem", content: { "application/problem+json": { schema: problemSchema } } },
    },
  }),
  (c) => {
    const question = { ...c.req.valid("param"), ...c.req.valid("query") }
    const services = servicesAtOwnUrl(c)
    const rows = ReadableStream.from(exportRows(services, question, c.get("caller"))).pipeThrough(
      new TextEncoderStream(),
    )
    const { mediaType } = exportWriters[question.format]
    return c.body(rows, 200, { "content-type": mediaType, "cache-control": "no-store" })
  },
)
