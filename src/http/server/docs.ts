import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { sentSchemas } from "../../core/catalogue/catalogue-schema.ts"
import { itemSelectorSchema } from "../../core/catalogue/offer.ts"
import { contentOfferSchema } from "../../core/content/content-request.ts"
import { consentStatementSchema } from "../../core/customer/set-consents.ts"
import { joinedAnswerSchema, offerViewSchema } from "../../core/decision/decision-schema.ts"
import { runnerUpSchema } from "../../core/decision/runner-up.ts"
import { planMonitoringSchema, planSummarySchema } from "../../core/plan/plan-schema.ts"
import type { Api } from "./api.ts"
import { mountFixed } from "./fixed-content.ts"
import { withNullableReferences } from "./nullable-references.ts"
import { withStorableStrings } from "./storable-strings.ts"

const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"))

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Beforehand API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

const start = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null })\n`

/** Swagger UI marks up with inline styles; scripts come from here alone. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const html = "text/html; charset=utf-8"
const script = "text/javascript; charset=utf-8"
const anHour = "public, max-age=3600"

/** Schemas that would otherwise be described by their first use, where they may be `null`, or by none; one before those that hold it. */
const namedFirst = {
  ItemSelector: itemSelectorSchema,
  OfferView: offerViewSchema,
  ContentOffer: contentOfferSchema,
  JoinedAnswer: joinedAnswerSchema,
  PlanMonitoring: planMonitoringSchema,
  PlanSummary: planSummarySchema,
  RunnerUp: runnerUpSchema,
  ...sentSchemas,
  ConsentStatement: consentStatementSchema,
}

/** Returns the OpenAPI document of the routes that are mounted on an API so far. */
export function describeApi(api: Api, version: string): unknown {
  api.openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description:
      "A key with one of the listed scopes, which grant the route's `x-permission`. It is also accepted as the user name of Basic authentication. Create one with `npm run beforehand -- keys create`.",
  })
  // A schema made before the OpenAPI generator was loaded lacks its methods; a clone has them.
  for (const [name, schema] of Object.entries(namedFirst)) api.openAPIRegistry.register(name, schema.clone())
  const document = api.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Beforehand",
      version,
      description:
        "Recommendations and the next best offer for each customer, before they ask. Errors are RFC 9457 problems.",
    },
  })
  return withStorableStrings(withNullableReferences(document))
}

/**
 * Mounts `/openapi.json` of the routes mounted so far, and `/docs` that shows it with files of the installed package. All of it is
 * made once: nobody needs a key for it, so each answer must cost next to nothing.
 */
export function mountDocs(api: Api, version: string): void {
  const document = JSON.stringify(describeApi(api, version))
  mountFixed(api, "/openapi.json", { body: document, type: "application/json" })
  api.get("/", (c) => c.redirect("/docs"))
  mountFixed(api, "/docs", {
    body: page,
    type: html,
    headers: { "content-security-policy": contentSecurityPolicy },
  })
  mountFixed(api, "/docs/start.js", { body: start, type: script })
  mountFixed(api, "/docs/swagger-ui-bundle.js", { ...fileOf("swagger-ui-bundle.js"), type: script })
  mountFixed(api, "/docs/swagger-ui.css", { ...fileOf("swagger-ui.css"), type: "text/css; charset=utf-8" })
}

const fileOf = (name: string) => ({ body: readFileSync(join(folder, name)), cacheControl: anHour })
