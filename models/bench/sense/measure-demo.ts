import { type Answer, contentPath, decide, itemsIn, namedIn, type Reason, reasonsIn } from "./answers.ts"
import { isTrueReason } from "./check-reason.ts"
import { countBy, countNamed, type Named, shareOf, worstOf } from "./count-named.ts"
import { countPlan } from "./count-plan.ts"
import { type CustomerFacts, silenceOf } from "./customer-facts.ts"
import { lookAtMails, mailParts } from "./look-at-mail.ts"
import { type CatalogueItem, mapInTurn, type Product, readAll, readFacts } from "./product.ts"

export interface DemoSizes {
  asked: number
  mails: number
  /** Customers whose facts are read. */
  known: number
}

interface Person {
  userId: string
  customerId: string
  facts: CustomerFacts
  /** True if marketing by e-mail is allowed. */
  isReachable: boolean
}

interface GoldenRecord {
  customerId: string
  consents: { marketing?: { granted: boolean; channels?: string[]; withdrawn?: Record<string, unknown> } }
}

const placement = "home-hero"
const refused = 20
const winBack = { placement: "win-back", offerId: "retention-welcome-back" }
const spacedOut = <T>(values: readonly T[], count: number) =>
  values.filter((_, n) => Math.floor((n * count) / values.length) !== Math.floor(((n - 1) * count) / values.length))

/** Asks the demo shop's service as callers do and checks its answers by what its customers did. */
export async function measureDemo(
  product: Product,
  { sizes, chromium, say }: { sizes: DemoSizes; chromium: string; say: (line: string) => void },
) {
  const items = await readAll<"items", CatalogueItem>(product, "/v1/items", "items")
  const itemBy = new Map(items.map((item) => [item.id, item]))
  const priceOf = new Map(items.flatMap(({ id, price }) => (price === undefined ? [] : [[id, price] as const])))
  const userIds = Array.from({ length: sizes.known }, (_, n) => `u-${n + 1}`)
  const people = (await mapInTurn(userIds, (userId) => readPerson(product, userId))).filter(
    ({ facts }) => facts.viewed.size + facts.boughtAt.size > 0,
  )
  const factsBy = new Map(people.map(({ customerId, facts }) => [customerId, facts]))
  say(`${items.length} items; ${people.length} customers with a past`)
  const nowMs = Date.now()
  const count = (named: readonly Named[], asked: number) => countNamed(named, { asked, factsBy, priceOf, nowMs })

  const visitors = spacedOut(people, sizes.asked)
  const decided = await mapInTurn(visitors, ({ userId }) => decide(product, userId, placement, "web"))
  const decideNamed = visitors.flatMap(({ customerId }, n) => namedIn(customerId, decided[n]!))
  const atDecide = count(decideNamed, visitors.length)
  say(`decide: ${JSON.stringify(atDecide)}, kinds ${counted(decided, ({ kind }) => kind)}`)

  const readers = spacedOut(
    people.filter(({ isReachable }) => isReachable),
    sizes.mails,
  )
  const contents = await mapInTurn(readers, ({ userId }) => product.get<Answer>(contentPath(userId, "sense", "json")))
  const asked = spacedOut([...contents.keys()], sizes.asked)
  const contentNamed = (places: readonly number[]) =>
    places.flatMap((n) => (contents[n]!.fallback ? [] : namedIn(readers[n]!.customerId, contents[n]!)))
  const first = count(contentNamed(asked), asked.length)
  const atContent = count(contentNamed([...contents.keys()]), contents.length)
  say(`content: ${JSON.stringify(first)}, kinds ${counted(contents, ({ kind }) => kind)}`)

  const atPlan = await countPlan(product, { factsBy, count, say })

  const reasons = [
    ...decided.flatMap((answer, n) => reasonsIn(answer).map((reason) => ({ reason, facts: visitors[n]!.facts }))),
    ...contents.flatMap((answer, n) => reasonsIn(answer).map((reason) => ({ reason, facts: readers[n]!.facts }))),
  ]
  const untrue = reasons.filter(({ reason, facts }) => !isTrueReason(reason, facts))
  say(`${reasons.length} reasons, ${untrue.length} untrue or not for customers${exampleOf(untrue)}`)

  const mails = await readMails(product, { readers, contents, itemBy })
  const lacks = await lookAtMails(mails, chromium)
  say(
    `${mails.length} mails that name an item lack ${counted(lacks.flat(), (part) => part)} of ${mailParts.join(", ")}`,
  )

  const counts = [atDecide, atContent, ...(atPlan ? [atPlan] : [])]
  return {
    distinctOffers: Math.min(atDecide.distinct, first.distinct),
    topOfferShare: worstOf([atDecide.topShare, first.topShare]),
    planItems: atPlan?.distinct ?? null,
    planTopShare: atPlan?.topShare ?? null,
    returnedOffered: Math.max(...counts.map(({ returned }) => returned)),
    tooSoon: worstOf(counts.map(({ tooSoon }) => tooSoon)),
    priceBeyond: worstOf(counts.map(({ priceBeyond }) => priceBeyond)),
    ...(await measureWinBack(product, people, nowMs, say)),
    mailsComplete: shareOf(lacks, (lack) => lack.length === 0),
    reasonsTrue: reasons.length === 0 ? null : 1 - untrue.length / reasons.length,
    sellsToRefused: await countSoldToRefused(product, readers.slice(0, 2 * refused)),
    currencyMixed: await countMixed(product, visitors.slice(0, refused)),
  }
}

const counted = <T>(values: readonly T[], keyOf: (value: T) => string) =>
  JSON.stringify(Object.fromEntries(countBy(values, keyOf)))
const exampleOf = ([first]: readonly { reason: Reason }[]) => (first ? `, such as "${first.reason.text}"` : "")

async function readPerson(product: Product, userId: string): Promise<Person> {
  const { customerId, consents } = await product.get<GoldenRecord>(`/v1/customers/userId:${userId}`)
  const { marketing } = consents
  const covers = marketing?.channels === undefined || marketing.channels.includes("email")
  const isReachable = marketing?.granted === true && covers && marketing.withdrawn?.email === undefined
  const facts = await readFacts(product, `userId:${userId}`).catch(() => null)
  const none = { viewed: new Set<string>(), returned: new Set<string>(), orderTimes: [], highestPrice: null }
  return { userId, customerId, isReachable, facts: facts ?? { ...none, netQuantity: new Map(), boughtAt: new Map() } }
}

/** Reads the mails of the contents that name an item, with their plain-text twins where there are such. */
function readMails(
  product: Product,
  {
    readers,
    contents,
    itemBy,
  }: { readers: readonly Person[]; contents: readonly Answer[]; itemBy: ReadonlyMap<string, CatalogueItem> },
) {
  const naming = contents.flatMap((answer, n) => {
    const item = itemBy.get(itemsIn(answer)[0] ?? "")
    return item === undefined ? [] : [{ userId: readers[n]!.userId, item }]
  })
  return mapInTurn(naming, async ({ userId, item: { title, price } }) => {
    const html = await product.fetch(contentPath(userId, "sense", "html"))
    const text = await product.fetch(contentPath(userId, "sense", "text"))
    return { html: await html.text(), text: text.ok ? await text.text() : null, title, price }
  })
}

/** Lets one placement send win-back offers only, and asks it for everybody who may get mail. */
async function measureWinBack(product: Product, people: readonly Person[], nowMs: number, say: (line: string) => void) {
  const reachable = people.filter(({ isReachable }) => isReachable)
  await product.send("PUT", `/v1/policies/${winBack.placement}`, { offers: { ids: [winBack.offerId] } })
  const answers = await mapInTurn(reachable, ({ userId }) => decide(product, userId, winBack.placement, "email"))
  const all = reachable.map(({ facts }, n) => ({
    silence: silenceOf(facts, nowMs),
    isReached: answers[n]!.offer !== null,
  }))
  const reached = all.filter(({ isReached, silence }) => isReached && silence !== null)
  const silent = all.filter(({ silence }) => silence !== null && silence >= 3)
  say(
    `win-back: ${answers.filter(({ offer }) => offer !== null).length} of ${all.length} reached; ${silent.length} are silent for 3 times their interval`,
  )
  return {
    missedWrong: shareOf(reached, ({ silence }) => silence! < 1),
    missedRight: shareOf(silent, ({ isReached }) => isReached),
  }
}

/** Half of the customers withdraw marketing, half complain; counts the mails that still sell to them. */
async function countSoldToRefused(product: Product, customers: readonly Person[]): Promise<number> {
  const at = new Date().toISOString()
  await mapInTurn([...customers.entries()], ([n, { userId }]) =>
    n % 2 === 0
      ? product.send("PUT", `/v1/customers/userId:${userId}/consents/marketing`, {
          granted: false,
          at,
          source: "unsubscribed",
        })
      : product.send("POST", "/v1/track", {
          userId,
          event: "Complaint Opened",
          timestamp: at,
          messageId: `sense-${userId}`,
          properties: { complaint_id: `sense-${userId}` },
        }),
  )
  const answers = await mapInTurn(customers, ({ userId }) =>
    product.get<Answer>(contentPath(userId, "sense-refused", "json")),
  )
  return answers.filter((answer) => itemsIn(answer).length > 0 || sells(answer)).length
}

const selling = new Set(["recommendation", "parcel", "replenishment", "promotion", "retention"])
const sells = ({ kind, offer }: Answer) => offer !== null && selling.has(kind)

interface Trace {
  trace: { options: { offerId: string | null; kind: string; value: number }[] }
}

/** Adds an offer in another currency; counts the decisions that weigh its bare value beside those in the shop's. */
async function countMixed(product: Product, customers: readonly Person[]): Promise<number> {
  const value = 5.4321
  const offer = {
    id: "sense-foreign",
    kind: "promotion",
    title: "A little off abroad",
    value,
    currency: "USD",
    channels: ["web"],
  }
  const written = await product.send<unknown>("POST", "/v1/offers", { offers: [offer] }).catch(() => null)
  if (written === null) return 0
  const answers = await mapInTurn(customers, ({ userId }) => decide(product, userId, placement, "web"))
  const traces = await mapInTurn(
    answers.flatMap(({ decisionId }) => decisionId ?? []),
    (id) => product.get<Trace>(`/v1/decisions/${id}`),
  )
  return traces.filter(({ trace: { options } }) => {
    const foreign = options.find(({ offerId }) => offerId === offer.id)
    return foreign?.value === value && options.some(({ offerId }) => offerId !== null && offerId !== offer.id)
  }).length
}
