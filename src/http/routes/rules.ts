import { checkRule as check } from "../../actions/policies/check-rule.ts"
import { allFacts, ruleCheckRequestSchema, ruleCheckSchema } from "../../core/rules/rule-check.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"

const factLines = allFacts().map(
  ({ path, type, meaning, example }) => `- \`${path}\` (${type}): ${meaning} \`${example}\``,
)

export const checkRule = endpoint(
  createRoute({
    ...access({ permission: "policies:read", audit: "nothing" }),
    tags: ["policies"],
    method: "post",
    path: "/v1/rules/check",
    operationId: "checkRule",
    summary: "Check a rule and try it on some customers",
    description: `Stores nothing. Says why a text is no rule, warns of a rule that is never true, and counts for how many customers it is true, false or unknown. Rules read these facts:\n\n${factLines.join("\n")}`,
    request: jsonBody(ruleCheckRequestSchema),
    responses: jsonAnswer("What the rule is and does", ruleCheckSchema),
  }),
  async (c) => c.json(await check(c.var.services, c.req.valid("json")), 200),
)
