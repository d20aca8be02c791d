import { randomUUID } from "node:crypto"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { freePort } from "../../src/store/embedded/cluster.ts"
import { startServer } from "../faults/server.ts"
import { type Ask, makeMaterial } from "./material.ts"
import { createExplainer, type Exchange } from "./refusals.ts"
import { exchangesOf, fuzz, installSchemathesis } from "./schemathesis.ts"

/**
 * Requests made from the OpenAPI document, against a real server with the admin's key: none may be answered 5xx, and one that fits
 * the document and is refused has its reason there in words.
 */
const { values } = parseArgs({
  options: { cases: { type: "string", default: "10000" }, seed: { type: "string", default: "7" } },
})
const wanted = Number(values.cases)
const say = (line: string) => void process.stderr.write(`${line}\n`)

const folder = mkdtempSync(join(tmpdir(), "beforehand-fuzz-"))
chmodSync(folder, 0o755)
const key = `admin-${randomUUID()}`
const port = await freePort()
const address = `http://127.0.0.1:${port}`

const ask: Ask = async (method, path, body) => {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" }
  const answer = await fetch(address + path, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return JSON.parse(text)
}

/** Requests an operation that schemas cover by themselves, about; a short run draws a few at random instead. */
const covered = 110
const maxRounds = 5
const environment = { DATA_DIR: folder, PORT: String(port), DEMO: "off", ADMIN_KEY: key, REQUESTS_PER_SECOND: "0" }
const command = await installSchemathesis(join(folder, "environment"))
const server = await startServer(environment, address)
try {
  await makeMaterial(ask)
  const document = await ask("GET", "/openapi.json")
  const operations = Object.values(document.paths as object).flatMap((methods: object) => Object.keys(methods)).length
  const isExplained = createExplainer(document)
  let cases = 0
  const serverErrors: Exchange[] = []
  const refusals: Exchange[] = []
  // Operations without parameters are asked once or twice, so that a round has fewer cases than were wanted.
  for (let round = 0; round < maxRounds && cases < wanted; round++) {
    const missing = wanted - cases
    const isLong = missing >= covered * operations
    const casesPerOperation = Math.ceil((isLong ? missing - 0.6 * covered * operations : missing) / operations)
    const reportPath = join(folder, `report-${round}.ndjson`)
    const phases = isLong ? "coverage,fuzzing" : "fuzzing"
    await fuzz({ command, address, key, casesPerOperation, phases, seed: Number(values.seed) + round, reportPath }, say)
    for await (const exchange of exchangesOf(reportPath)) {
      cases++
      if (exchange.status >= 500) serverErrors.push(exchange)
      if (exchange.fits && exchange.status === 400 && !isExplained(exchange)) refusals.push(exchange)
    }
  }
  for (const { operation, status, body } of [...serverErrors, ...refusals]) say(`${operation}: ${status} ${body}`)
  const counted = { cases, serverErrors: serverErrors.length, refusals: refusals.length }
  process.stdout.write(`${JSON.stringify({ bench: "fuzz", ...counted })}\n`)
  if (cases < wanted || serverErrors.length > 0 || refusals.length > 0) process.exitCode = 1
} finally {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
