import { type Answer, contentPath, decide, namedIn } from "./answers.ts"
import { countNamed, type Named, worstOf } from "./count-named.ts"
import { countPlan } from "./count-plan.ts"
import { moveToToday } from "./online-retail.ts"
import { type CatalogueItem, mapInTurn, readAll, readFacts, type StartedProduct, trainAndPromote } from "./product.ts"

interface ImportOptions {
  /** Online Retail as a Parquet file. */
  data: string
  folder: string
  asked: number
  budgetSeconds: string | undefined
  say: (line: string) => void
}

const promotions = 20
const marginShare = 0.3
const discountShare = 0.1
const channels = ["web", "email"]

/** Imports Online Retail as a shop would, with offers that were never made before, and checks what the service then answers. */
export async function measureImport(
  started: StartedProduct,
  { data, folder, asked, budgetSeconds, say }: ImportOptions,
) {
  const { product, command } = started
  const shop = await moveToToday(data, folder, Date.now())
  await command("import", shop.linesFile)
  await command("import", shop.consentsFile, "--as", "consents")
  const items = await readAll<"items", CatalogueItem>(product, "/v1/items", "items")
  const priceOf = new Map(items.flatMap(({ id, price }) => (price === undefined ? [] : [[id, price] as const])))
  say(`${shop.customerIds.length} customers, ${items.length} items imported`)
  await product.send("POST", "/v1/offers", { offers: offersOf(shop.bestSold, priceOf) })
  await trainAndPromote(started, budgetSeconds)

  const step = Math.max(1, Math.floor(shop.customerIds.length / asked))
  const userIds = shop.customerIds.filter((_, n) => n % step === 0).slice(0, asked)
  const people = await mapInTurn(userIds, async (userId) => {
    const { customerId } = await product.get<{ customerId: string }>(`/v1/customers/userId:${userId}`)
    return { userId, customerId, facts: await readFacts(product, customerId) }
  })
  const factsBy = new Map(people.map(({ customerId, facts }) => [customerId, facts]))
  const nowMs = Date.now()
  const count = (named: readonly Named[], asked: number) => countNamed(named, { asked, factsBy, priceOf, nowMs })
  const ask = async (from: (userId: string) => Promise<Answer>) =>
    count(
      (await mapInTurn(people, async (person) => namedIn(person.customerId, await from(person.userId)))).flat(),
      asked,
    )

  const atDecide = await ask((userId) => decide(product, userId, "home-hero", "web"))
  say(`decide: ${JSON.stringify(atDecide)}`)
  const atContent = await ask((userId) => product.get(contentPath(userId, "sense", "json")))
  say(`content: ${JSON.stringify(atContent)}`)
  const atPlan = await countPlan(product, { factsBy, count, say })

  const counts = [atDecide, atContent, ...(atPlan ? [atPlan] : [])]
  return {
    distinctOffers: Math.min(atDecide.distinct, atContent.distinct),
    topOfferShare: worstOf([atDecide.topShare, atContent.topShare]),
    planItems: atPlan?.distinct ?? null,
    planTopShare: atPlan?.topShare ?? null,
    returnedOffered: Math.max(...counts.map(({ returned }) => returned)),
    tooSoon: worstOf(counts.map(({ tooSoon }) => tooSoon)),
    priceBeyond: worstOf(counts.map(({ priceBeyond }) => priceBeyond)),
  }
}

/** One recommendation that names no item, and a promotion of each of the best sold. */
function offersOf(bestSold: readonly string[], priceOf: ReadonlyMap<string, number>) {
  const promoted = bestSold.filter((id) => priceOf.has(id)).slice(0, promotions)
  const prices = promoted.map((id) => priceOf.get(id)!)
  const margin = (price: number) => Number((price * marginShare).toFixed(2))
  return [
    {
      id: "for-you",
      kind: "recommendation",
      title: "Chosen for you",
      value: margin(prices.reduce((sum, price) => sum + price, 0) / prices.length),
      channels,
    },
    ...promoted.map((itemId, n) => ({
      id: `promotion-${n + 1}`,
      kind: "promotion",
      title: `10 % off ${itemId}`,
      value: Number((prices[n]! * (marginShare - discountShare)).toFixed(2)),
      itemId,
      channels,
      content: { discountPercent: "10" },
    })),
  ]
}
