import { story } from "../schema/example-story.ts"

const { customerId, anonymousId, userId, viewedAt } = story
const recordA = "2f1d6c0e-5b7a-8c3d-9e4f-60718293a4b5"
const recordB = customerId

const person = {
  customerId,
  records: [recordB, recordA],
  traits: { firstName: "Lea" },
  identifiers: [
    { type: "userId" as const, value: userId },
    { type: "anonymousId" as const, value: anonymousId },
  ],
  orders: { count: 4, lastAt: viewedAt, numbers: ["1001"] },
  consents: {},
  contacts: { email: 1 },
}

export const linkAnswerExample = {
  recordA,
  recordB,
  verdict: "same" as const,
  dryRun: false,
  changed: false,
  before: [person],
  after: [person],
}

export const linksExample = {
  customerId,
  links: [
    {
      id: 17,
      recordA,
      recordB,
      verdict: "same" as const,
      origin: "rule" as const,
      detail: { identifier: { type: "anonymousId" as const, value: anonymousId } },
      posterior: null,
      actor: null,
      at: viewedAt,
      holds: true,
    },
  ],
  nextCursor: null,
}
