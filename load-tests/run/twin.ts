import { Hono } from "hono"
import { findCustomer } from "../../src/actions/customers/find-customer.ts"
import { recordRanking } from "../../src/actions/recommendations/record-ranking.ts"
import { recommendRequestSchema } from "../../src/core/decision/question.ts"
import { rankingTrace } from "../../src/core/decision/ranking-trace.ts"
import { defaultPolicy } from "../../src/core/policy/policy.ts"
import { type Api, access, createRoute, jsonAnswer, jsonBody } from "../../src/http/server/api.ts"

/** Route that does all of a recommendation but its scoring: the same checks, one read, one committed decision row, no items. */
const contract = createRoute({
  ...access({ permission: "recommendations:ask" }),
  method: "post",
  path: "/twin",
  request: jsonBody(recommendRequestSchema),
  responses: jsonAnswer("A decision without items", recommendRequestSchema),
})

const noItems = rankingTrace([], { shown: 0, repeats: "excluded", coldStart: false })

/** The product's application with its twin route, beside a bare route that nothing of the product touches. */
export function withTwin(api: Api): Pick<Api, "fetch"> {
  api.on("POST", [contract.path], ...contract.middleware, async (c) => {
    const { customer: reference, placement } = recommendRequestSchema.parse(await c.req.json())
    const { services, caller } = c.var
    const customer = await findCustomer(services, reference, caller)
    const ranking = { verb: "recommend", customer, placement, releaseId: null, trace: noItems } as const
    const decisionId = await recordRanking(services, { ...ranking, policyVersion: defaultPolicy.version })
    return c.json({ decisionId, customerId: customer.customerId, items: [] })
  })
  const bare = new Hono()
  bare.post("/bare", async (c) => c.json(await c.req.json()))
  const appOf = ({ url }: Request) => (url.endsWith("/bare") ? bare : api)
  return { fetch: (request, ...rest) => appOf(request).fetch(request, ...rest) }
}
