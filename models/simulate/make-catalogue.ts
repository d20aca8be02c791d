import type { Item } from "../../src/core/catalogue/item.ts"
import { below, createRandom, normal, oneOf, type Random, shuffled } from "../random.ts"
import { type ProductType, productTypes } from "./product-types.ts"
import { streams } from "./streams.ts"
import { brands, characters, ingredients } from "./words.ts"
import type { World } from "./world.ts"

export const skinTypes = ["dry", "oily", "sensitive", "normal"] as const
export type SkinType = (typeof skinTypes)[number]

/** The items as a shop lists them, and beside each what the simulation alone knows of it. */
export interface Catalogue {
  items: readonly Item[]
  indexById: ReadonlyMap<string, number>
  /** Product type of each item, and the items of each product type. */
  typeOf: Int32Array
  itemsOfType: readonly Int32Array[]
  /** Row-major items × dimensions: the visible dimensions first, then the hidden ones. */
  taste: Float64Array
  popularity: Float64Array
  /** Doublings of price over the median of its product type. */
  priceDoublings: Float64Array
  /** Skin types an item suits; empty where it does not matter. */
  suits: readonly (readonly SkinType[])[]
  /** First week of sale, 0 for the long known. */
  launchWeek: Int32Array
  /** Items bought along with each, and the reverse. */
  partners: readonly Int32Array[]
  partnerOf: readonly Int32Array[]
}

const partnersPerItem = 4
const skinMatters = new Set(["cleanser", "toner", "serum", "moisturiser", "mask", "foundation", "sunscreen"])

/** Draws a beauty range: brands with a common character, prices, margins, stock, launches and what goes with what. */
export function makeCatalogue(world: World, seed: number): Catalogue {
  const count = world.items
  const dimensions = world.tasteDimensions + world.hiddenTasteDimensions
  const order = shuffled(count, createRandom(seed, streams.types))
  const brandTaste = brands.map((_, brand) => normals(createRandom(seed, streams.brands, brand), world.tasteDimensions))
  const catalogue = {
    items: [] as Item[],
    indexById: new Map<string, number>(),
    typeOf: Int32Array.from(order, (place) => place % productTypes.length),
    itemsOfType: [] as Int32Array[],
    taste: new Float64Array(count * dimensions),
    popularity: new Float64Array(count),
    priceDoublings: new Float64Array(count),
    suits: [] as SkinType[][],
    launchWeek: new Int32Array(count),
  }
  for (let index = 0; index < count; index++) {
    const random = createRandom(seed, streams.items, index)
    const type = productTypes[catalogue.typeOf[index]!]!
    const brand = below(random, brands.length)
    const shown = normals(random, world.tasteDimensions).map(
      (own, dimension) => Math.SQRT1_2 * (own + brandTaste[brand]![dimension]!),
    )
    const hidden = normals(createRandom(seed, streams.hidden, index), world.hiddenTasteDimensions)
    catalogue.taste.set([...shown, ...hidden], index * dimensions)
    catalogue.popularity[index] = world.popularitySpread * normal(random)
    catalogue.priceDoublings[index] = 0.5 * normal(random)
    catalogue.launchWeek[index] = random() < world.launchShare ? below(random, Math.ceil(world.days / 7)) : 0
    const suits = skinMatters.has(type.name) ? skinTypes.filter(() => random() < 0.45) : []
    catalogue.suits.push(suits)
    const seen = shown.map((value) => value + world.attributeNoise * normal(random))
    const price = Math.max(3, Math.round(type.price * 2 ** catalogue.priceDoublings[index]!)) - 0.05
    const item = describe(index, type, brands[brand]!, seen, suits, Number(price.toFixed(2)), world, random)
    catalogue.items.push(item)
    catalogue.indexById.set(item.id, index)
  }
  catalogue.itemsOfType = productTypes.map((_, type) => indexesWhere(catalogue.typeOf, type))
  const partners = catalogue.items.map((_, index) => drawPartners(catalogue, index, seed))
  return { ...catalogue, partners, partnerOf: reversed(partners) }
}

function describe(
  index: number,
  type: ProductType,
  brand: string,
  seen: readonly number[],
  suits: readonly SkinType[],
  price: number,
  world: World,
  random: Random,
): Item {
  const strongest = seen.map((value, dimension) => ({ value, dimension }))
  strongest.sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
  const words = strongest
    .slice(0, 2)
    .map(({ value, dimension }) => characters[dimension % characters.length]![value > 0 ? 1 : 0])
  const id = `sku-${String(index + 1).padStart(4, "0")}`
  const ingredient = oneOf(random, ingredients)
  const sizeMl = oneOf(random, type.sizesMl)
  return {
    id,
    title: `${brand} ${words[0]} ${ingredient} ${oneOf(random, type.nouns)} ${sizeMl} ml`,
    price,
    currency: "EUR",
    margin: Number((price * (0.38 + 0.17 * random())).toFixed(2)),
    stock: random() < world.outOfStockShare ? 0 : 40 + below(random, 400),
    url: `https://shop.example/items/${id}`,
    brand,
    category: [type.category, type.name],
    attributes: {
      character: words,
      ingredient,
      sizeMl,
      vegan: random() < 0.4,
      fragranceFree: random() < 0.25,
      ...(suits.length > 0 && { skinType: [...suits] }),
    },
  }
}

function drawPartners(catalogue: Pick<Catalogue, "typeOf" | "itemsOfType">, index: number, seed: number): Int32Array {
  const random = createRandom(seed, streams.partners, index)
  const types = productTypes[catalogue.typeOf[index]!]!.partners.map((name) =>
    productTypes.findIndex((type) => type.name === name),
  )
  const found = new Set<number>()
  for (let draw = 0; draw < partnersPerItem; draw++) {
    const candidates = catalogue.itemsOfType[oneOf(random, types)]!
    found.add(candidates[below(random, candidates.length)]!)
  }
  return Int32Array.from(found)
}

function reversed(partners: readonly Int32Array[]): Int32Array[] {
  const lists: number[][] = partners.map(() => [])
  partners.forEach((partnersOfOne, index) => {
    for (const partner of partnersOfOne) lists[partner]!.push(index)
  })
  return lists.map((list) => Int32Array.from(list))
}

const normals = (random: Random, count: number): number[] => Array.from({ length: count }, () => normal(random))

const indexesWhere = (values: Int32Array, wanted: number): Int32Array =>
  Int32Array.from(values.keys()).filter((index) => values[index] === wanted)
