import { afterAll, beforeAll, expect, test } from "vitest"
import { expectProblem } from "../../contracts/route.ts"
import { openTestApp, type TestApp } from "../../support/test-app.ts"

let shop: TestApp
let replica: TestApp
beforeAll(async () => {
  shop = await openTestApp()
  replica = await openTestApp({ databaseUrl: shop.databaseUrl })
})
afterAll(() => Promise.all([shop.close(), replica.close()]))

const put = (settings: object, ifVersion?: number) =>
  shop.ask("PUT", "/v1/settings", { body: { settings, ...(ifVersion !== undefined && { ifVersion }) } })

test("before anybody sets them, the defaults hold", async () => {
  const { json } = await shop.ask("GET", "/v1/settings", { key: "read" })
  expect(json).toMatchObject({
    version: 0,
    createdAt: null,
    settings: { timeZone: "UTC", country: null, currency: "EUR", locale: "en", businessHours: {}, holidays: [] },
  })
})

test("a change is in force at once here and within two seconds elsewhere, and every version is kept with who made it", async () => {
  const hours = { monday: [{ from: "09:00", to: "13:00" }], saturday: [{ from: "10:00", to: "24:00" }] }
  const first = await put({ timeZone: "Europe/Rome", country: "IT", businessHours: hours }, 0)
  expect(first.json).toMatchObject({ version: 1, settings: { country: "IT", currency: "EUR" } })
  expect(first.json.changedBy).toEqual(expect.any(String))
  expect(shop.services.settings.current().timeZone).toBe("Europe/Rome")
  await expect.poll(() => replica.services.settings.current().country, { timeout: 5000 }).toBe("IT")
  const second = await put({ country: "DE", holidays: [{ date: "2026-12-25", name: "Weihnachten" }] })
  expect(second.json).toMatchObject({ version: 2, settings: { country: "DE", timeZone: "UTC" } })
  const page = (await shop.ask("GET", "/v1/settings/history?limit=1", { key: "read" })).json
  expect(page).toMatchObject({ versions: [{ version: 2 }], nextCursor: "2" })
  const next = (await shop.ask("GET", "/v1/settings/history?limit=1&cursor=2", { key: "read" })).json
  expect(next).toMatchObject({ versions: [{ version: 1 }], nextCursor: null })
})

test("of two changes made from one version the second is told to read again", async () => {
  const { version } = (await shop.ask("GET", "/v1/settings", { key: "read" })).json as { version: number }
  const answers = await Promise.all([put({ country: "FR" }, version), put({ country: "ES" }, version)])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
})

test.each([
  [{ timeZone: "Rome" }, "/settings/timeZone"],
  [{ country: "Italy" }, "/settings/country"],
  [{ country: "XX" }, "/settings/country"],
  [{ currency: "EURO" }, "/settings/currency"],
  [{ currency: "ABC" }, "/settings/currency"],
  [{ locale: "not a tag" }, "/settings/locale"],
  [{ businessHours: { monday: [{ from: "18:00", to: "09:00" }] } }, "/settings/businessHours/monday/0"],
  [{ holidays: [{ date: "2026-02-30", name: "None" }] }, "/settings/holidays/0/date"],
] as const)("%o is refused with a pointer to it", async (settings, pointer) => {
  const answer = await put(settings)
  expectProblem(answer, 400, "invalidRequest")
  expect((answer.json.errors as { pointer: string }[]).map((error) => error.pointer)).toContain(pointer)
})
