import { median } from "../../../load-tests/run/answers/statistics.ts"
import { openShop } from "../../../load-tests/run/open-shop.ts"
import { below, createRandom } from "../../random.ts"

const size = { customers: 2000, items: 2000 }
const limit = 12
const lists = (["forYou", "discover", "buyAgain", "recentlyViewed", "popular"] as const).map((recipe) => {
  return { placement: recipe, recipe, limit }
})
const rounds = 400
/** Rounds that warm the server up and are not counted. */
const warmUp = 100

export interface PageFigures {
  rounds: number
  /** Medians, milliseconds: a page of five lists in one call, and one list's call by its recipe. */
  pageMs: number
  listMs: Record<string, number>
  /** The page ÷ one list's call, the median over all five recipes. */
  toList: number
  /** The page ÷ the call of `forYou` alone. */
  toForYou: number
}

/** Times five lists in one call beside one list's call, over HTTP in turn, on a server of its own with a made shop. */
export async function measurePage(say: (line: string) => void): Promise<PageFigures> {
  const closing: (() => unknown)[] = []
  try {
    const { service } = await openShop({ ...size, keep: undefined, say, closing })
    const headers = { authorization: `Bearer ${service.keys.READ_KEY}`, "content-type": "application/json" }
    const ask = async (path: string, body: object): Promise<number> => {
      const begun = performance.now()
      const answer = await fetch(`${service.baseUrl}${path}`, { method: "POST", headers, body: JSON.stringify(body) })
      const text = await answer.text()
      const tookMs = performance.now() - begun
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`)
      return tookMs
    }
    const random = createRandom(1)
    const pages: number[] = []
    const alone = lists.map((): number[] => [])
    for (let round = -warmUp; round < rounds; round++) {
      const customer = { userId: `u-${1 + below(random, size.customers)}` }
      const turn = (round + warmUp) % lists.length
      const askPage = () => ask("/v1/recommend/page", { customer, lists })
      const askList = () => ask("/v1/recommend", { customer, ...lists[turn] })
      // Who is asked second finds the customer's rows at hand, so that the order changes.
      const pageIsFirst = Math.floor(round / lists.length) % 2 === 0
      const first = pageIsFirst ? await askPage() : await askList()
      const second = pageIsFirst ? await askList() : await askPage()
      if (round < 0) continue
      pages.push(pageIsFirst ? first : second)
      alone[turn]!.push(pageIsFirst ? second : first)
    }
    const pageMs = median(pages)!
    const listMs = Object.fromEntries(lists.map(({ recipe }, n) => [recipe, median(alone[n]!)!]))
    return { rounds, pageMs, listMs, toList: pageMs / median(alone.flat())!, toForYou: pageMs / listMs.forYou! }
  } finally {
    for (const close of closing.reverse()) await close()
  }
}
