import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestDatabase } from "../support/database.ts"
import { type ServiceProcess, startProcess } from "../support/service-process.ts"

const adminKey = "an-admin-key-of-tests"
const limit = 5
let servers: ServiceProcess[] = []
let addresses: string[] = []

const addressIn = (output: string) => /http:\/\/[\w.:[\]]+/.exec(output)![0]

/** Asks until there is an answer: a busy server says that it is to be asked again. */
async function ask(address: string, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${address}${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const json = (await response.json()) as Record<string, unknown>
  if (response.status === 503) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    return ask(address, method, path, body)
  }
  expect(response.status, JSON.stringify(json)).toBe(200)
  return json
}

const policy = {
  contact: { caps: [{ id: "few", channels: ["email"], limit, windowHours: 24 }], theme: null },
  explorationCostShare: 0.1,
}

beforeAll(async () => {
  const settings = {
    DATABASE_URL: await createTestDatabase(),
    ALLOW_VOLATILE: "1",
    PORT: "0",
    DEMO: "off",
    ADMIN_KEY: adminKey,
    REQUESTS_PER_SECOND: "0",
    MAX_IN_FLIGHT: "400",
    HOLDOUT_SHARE: "0",
  }
  servers = [startProcess([], settings), startProcess([], settings)]
  addresses = (await Promise.all(servers.map((server) => server.says("stdout", "http://")))).map(addressIn)
  const [first] = addresses as [string]
  const offers = Array.from({ length: 6 }, (_, n) => ({
    id: `offer-${n}`,
    kind: "promotion",
    title: `Offer ${n}`,
    value: 60 + n,
  }))
  const scarce = {
    id: "scarce",
    kind: "promotion",
    title: "Scarce",
    value: 90,
    placements: ["shelf"],
    volume: { made: 7 },
  }
  const elsewhere = offers.map((offer) => ({ ...offer, placements: ["mail"] }))
  await ask(first, "POST", "/v1/offers", { offers: [...elsewhere, scarce] })
  await ask(first, "PUT", "/v1/policies/mail", policy)
  const consent = { granted: true, at: new Date().toISOString(), source: "test" }
  await ask(first, "PUT", "/v1/customers/userId:one/consents/marketing", consent)
  await new Promise((resolve) => setTimeout(resolve, 2000))
}, 60_000)

afterAll(() => Promise.all(servers.map((server) => server.end("SIGTERM"))))

const decideOften = (times: number, body: (n: number) => object) =>
  Promise.all(Array.from({ length: times }, (_, n) => ask(addresses[n % 2]!, "POST", "/v1/decide", body(n))))

test("200 decisions at once over two servers never exceed a customer's cap, and every one is answered", async () => {
  const answers = await decideOften(200, () => ({ customer: { userId: "one" }, placement: "mail", channel: "email" }))
  const offered = answers.filter(({ offer }) => offer !== null)
  expect(offered).toHaveLength(limit)
  const refused = await Promise.all(
    answers.map(async ({ decisionId }) => (await ask(addresses[0]!, "GET", `/v1/decisions/${decisionId}`)).trace),
  )
  const attempts = (refused as { attempt: number; refused: unknown[] }[]).map((trace) => trace)
  for (const trace of attempts) expect(trace.refused).toHaveLength(trace.attempt)
  expect(Math.max(...attempts.map(({ attempt }) => attempt))).toBeGreaterThan(0)
}, 60_000)

test("an offer's volume holds over customers and servers", async () => {
  const answers = await decideOften(100, (n) => ({
    customer: { anonymousId: `visitor-${n}` },
    placement: "shelf",
    channel: "web",
  }))
  expect(answers.filter(({ offer }) => offer !== null)).toHaveLength(7)
}, 60_000)
