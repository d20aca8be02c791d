import { productWords, spellings } from "./event-spellings.ts"
import { eventTable, isEventName, meaningOf } from "./event-table.ts"

/** An event's canonical name; as it was given where it is not understood. */
export interface ReadName {
  name: string
  understood: boolean
}

/** Context of a name: a product, the number of an order. */
export interface NameContext {
  hasProduct: boolean
  hasOrder?: boolean
}

const synonyms: Readonly<Record<string, string>> = {
  item: "product",
  article: "product",
  basket: "cart",
  bag: "cart",
  trolley: "cart",
  fav: "wishlist",
  favorite: "wishlist",
  favourite: "wishlist",
  promo: "promotion",
  buy: "purchase",
  bought: "purchase",
  paid: "pay",
  made: "make",
  sold: "sale",
  begin: "start",
  began: "start",
  initiate: "start",
  sent: "send",
  cancellation: "cancel",
  cancelation: "cancel",
  success: "complete",
  successful: "complete",
  successfully: "complete",
  succeeded: "complete",
  completion: "complete",
  creation: "create",
  confirmation: "confirm",
  removal: "remove",
  failure: "fail",
  fulfill: "fulfil",
  fulfillment: "fulfilment",
  pageview: "page view",
  screenview: "screen view",
}
const maxNameLength = 200
const fillers: ReadonlySet<string> = new Set(["a", "an", "the", "to", "from", "of", "into", "event"])
/** Prefixes that some tools and shops put before every name. */
const beginnings: ReadonlySet<string> = new Set(
  "woocommerce wc shopify magento ga4 segment rudder ecommerce commerce user customer shopper visitor".split(" "),
)

/** A word without plural and past tense: not English, but the same for all its forms. */
function stemOf(word: string): string {
  const singular = /[^s]s$/.test(word) ? word.replace(/ies$/, "y").replace(/s$/, "") : word
  const present = singular.length > 4 ? singular.replace(/ied$/, "y").replace(/ed$/, "") : singular
  return present.replace(/e$/, "").replace(/([^aeious])\1$/, "$1")
}

const synonymByStem = new Map(
  Object.entries(synonyms).map(([word, meant]) => [stemOf(word), meant.split(" ").map(stemOf)]),
)

const wordsOf = (name: string): string[] =>
  name
    .normalize("NFKC")
    .replace(/\be[-\s]mail/gi, "email")
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")

/** The words of a name in any order. */
function keyOf(words: readonly string[]): string {
  const stems = words.filter((word) => !fillers.has(word)).map(stemOf)
  return [...new Set(stems.flatMap((stem) => synonymByStem.get(stem) ?? [stem]))].sort().join(" ")
}

/** Returns the keys of a name in the index: its words, and run together for those who set nothing between them. */
const keysOf = (spelling: string): string[] => {
  const words = wordsOf(spelling)
  const turned = words.length === 2 ? [words.toReversed().join("")] : []
  return [keyOf(words), words.join(""), ...turned]
}

const asGiven: ReadonlySet<string> = new Set(["Customer Identified", "Group Joined", "Identifiers Joined"])

const nameByKey = new Map(
  Object.keys(eventTable)
    .filter((name) => !asGiven.has(name) && meaningOf(name).send === undefined)
    .flatMap((name) =>
      [name, ...((spellings as Record<string, readonly string[]>)[name] ?? [])]
        .flatMap(keysOf)
        .map((key) => [key, name] as const),
    ),
)
const byProduct = new Map(
  Object.entries(productWords).flatMap(([word, meant]) => keysOf(word).map((key) => [key, meant] as const)),
)

/**
 * Reads an event's name as shops and their tools spell it (Segment, RudderStack, GA4, Shopify, WooCommerce, Magento, words of files).
 * Every word of it must be understood; some single words (`view`, `cart`) mean something only beside a product or an order's number.
 */
export function readEventName(given: string, beside: NameContext): ReadName {
  if (isEventName(given)) return { name: given, understood: true }
  const name = given.length > maxNameLength ? undefined : nameByWords(wordsOf(given), beside)
  return name === undefined ? { name: given, understood: false } : { name, understood: true }
}

function nameByWords(words: readonly string[], beside: NameContext): string | undefined {
  for (const key of [keyOf(words), words.length === 1 ? words[0]! : ""]) {
    const word = byProduct.get(key)
    const meant = beside.hasProduct
      ? word?.withProduct
      : ((beside.hasOrder ? word?.withOrder : undefined) ?? word?.without)
    const name = meant ?? nameByKey.get(key)
    if (name !== undefined) return name
  }
  return words.length > 1 && beginnings.has(words[0]!) ? nameByWords(words.slice(1), beside) : undefined
}
