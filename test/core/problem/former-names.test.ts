import { expect, test } from "vitest"
import { offerSchema } from "../../../src/core/catalogue/offer.ts"
import { decideRequestSchema } from "../../../src/core/decision/question.ts"
import { planRequestSchema } from "../../../src/core/policy/plan-request.ts"
import { policyDraftSchema } from "../../../src/core/policy/policy.ts"
import { pointedErrors } from "../../../src/core/problem/field-errors.ts"

const budgets = { money: 100, volume: 10 }
const schedule = { at: "08:00" }
const trigger = { id: "t", channel: "email" }
const promotion = { id: "spring", kind: "promotion", title: "10 % off", value: 8 }

const requests = {
  plan: (part: object) => planRequestSchema.safeParse({ name: "p", budgets, ...part }),
  policy: (part: object) => policyDraftSchema.safeParse(part),
  question: (part: object) =>
    decideRequestSchema.safeParse({ customer: { userId: "u" }, placement: "home", channel: "web", ...part }),
  offer: (part: object) => offerSchema.safeParse({ ...promotion, ...part }),
}

const pause = { id: "p", ignoredCount: 5, pauseHours: 72 }

test.each([
  ["plan", { rung: "parcel" }, "/rung", "`rung` of a plan was renamed `autonomyLevel` in 0.2.0"],
  ["plan", { who: "true" }, "/who", "`who` of a plan was renamed `audience` in 0.2.0"],
  ["plan", { costs: { takeUp: 0.1 } }, "/costs/takeUp", "`takeUp` was renamed `takeUpRate` in 0.2.0"],
  ["policy", { acceptedWithinHours: 24 }, "/acceptedWithinHours", "`attributionWindowHours`"],
  ["policy", { contact: { dismissedForHours: 24 } }, "/contact/dismissedForHours", "`dismissalCooldownHours`"],
  [
    "policy",
    { contact: { pauses: [{ ...pause, forHours: 72 }] } },
    "/contact/pauses/0/forHours",
    "`forHours` was renamed `pauseHours` in 0.2.0",
  ],
  [
    "policy",
    { contact: { serviceRepeat: { limit: 3, afterHours: 72 } } },
    "/contact/serviceRepeat/afterHours",
    "`minIntervalHours`",
  ],
  ["policy", { service: { maxMatterAgeDays: 30 } }, "/service/maxMatterAgeDays", "`maxCaseAgeDays`"],
  [
    "policy",
    { triggers: [{ ...trigger, when: { schedule }, onceInHours: 24 }] },
    "/triggers/0/onceInHours",
    "cooldown",
  ],
  [
    "policy",
    { scheduledPlans: [{ id: "p", schedule, freshHours: 6, plan: { name: "p", budgets } }] },
    "/scheduledPlans/0/freshHours",
    "`maxAgeHours`",
  ],
  [
    "policy",
    { scheduledPlans: [{ id: "p", schedule, plan: { name: "p", budgets, floor: 0.6 } }] },
    "/scheduledPlans/0/plan/floor",
    "`minKeepProbability`",
  ],
  ["question", { context: { given: {} } }, "/context/given", "`given` was renamed `attributes` in 0.2.0"],
] as const)("a %s with %j is told the present name", (kind, part, pointer, message) => {
  const { error } = requests[kind](part)
  const told = pointedErrors(error?.issues ?? [], "").find((one) => one.pointer === pointer)
  expect(told?.message).toMatch(/^unknown field: /)
  expect(told?.message).toContain(message)
})

test("an offer is told the present name where it stands in its list", () => {
  const { error } = requests.offer({ matter: "delay" })
  const renamed = "unknown field: `matter` of an offer was renamed `caseType` in 0.2.0"
  expect(pointedErrors(error!.issues, "/offers/0")).toEqual([{ pointer: "/offers/0/matter", message: renamed }])
})

test.each(["basketLeftHours", "complaintOpenHours", "needAtLeast"])(
  "a trigger by %s is told the present name",
  (name) => {
    const { error } = requests.policy({ triggers: [{ ...trigger, when: { [name]: 0.5 } }] })
    expect(pointedErrors(error!.issues, "")).toEqual([
      {
        pointer: `/triggers/0/when/${name}`,
        message: expect.stringMatching(`^unknown field: \`${name}\` was renamed`),
      },
    ])
  },
)

test("a field that is new to everybody stays unknown, also where another object had one of its name", () => {
  const messages = (kind: keyof typeof requests, part: object) =>
    pointedErrors(requests[kind](part).error!.issues, "").map(({ message }) => message)
  expect(messages("plan", { ladder: 1 })).toEqual(["unknown field"])
  expect(messages("plan", { constructor: 1 })).toEqual(["unknown field"])
  expect(messages("plan", { costs: { rung: 1 } })).toEqual(["unknown field"])
  expect(messages("policy", { triggers: [{ ...trigger, when: { event: "x", afterwards: 1 } }] })).not.toContain(
    expect.stringContaining("renamed"),
  )
})

test("a rule with a former variable is told the present one", () => {
  const { error } = requests.plan({ audience: "customer.openMatter" })
  expect(error!.issues[0]!.message).toBe(
    "`customer` has no `openMatter`: `customer.openMatter` was renamed `customer.openCase` in 0.2.0",
  )
  const condition = { id: "c", rule: 'context.given.page == "home"' }
  expect(requests.policy({ suitability: [condition] }).error!.issues[0]!.message).toContain("`context.attributes`")
})
