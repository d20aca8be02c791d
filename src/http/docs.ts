import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { sentSchemas } from "../core/catalogue/catalogue-answers.ts"
import type { Api } from "./api.ts"

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

/** `/openapi.json`, and `/docs` that shows it with files of the installed package. */
export function mountDocs(api: Api): void {
  api.openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description:
      "A key of one of the listed scopes, which are those that hold the route's `x-permission`; also accepted as the user name of Basic authentication. Make one with `npm run beforehand -- keys create`.",
  })
  for (const [name, schema] of Object.entries(sentSchemas)) api.openAPIRegistry.register(name, schema)
  api.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Beforehand",
      version: "1",
      description:
        "Recommendations and the next best offer for each customer, before they ask. Errors are RFC 9457 problems.",
    },
  })
  api.get("/", (c) => c.redirect("/docs"))
  api.get("/docs", (c) => c.html(page, 200, { "content-security-policy": contentSecurityPolicy }))
  api.get("/docs/start.js", (c) => c.body(start, 200, { "content-type": "text/javascript; charset=utf-8" }))
  mountFile(api, "swagger-ui-bundle.js", "text/javascript; charset=utf-8")
  mountFile(api, "swagger-ui.css", "text/css; charset=utf-8")
}

function mountFile(api: Api, name: string, type: string): void {
  api.get(`/docs/${name}`, async (c) =>
    c.body(await readFile(join(folder, name)), 200, { "content-type": type, "cache-control": "public, max-age=3600" }),
  )
}
