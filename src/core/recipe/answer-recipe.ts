import { noItems } from "../artifact/item-index.ts"
import type { Catalogue } from "../catalogue/catalogue.ts"
import { isKept, keptItems } from "../history/net-purchases.ts"
import { eligibleRows, eligibleUnranked, isEligible } from "../preference/eligible-items.ts"
import { newItemsOf, scoreNewItems } from "../preference/new-items.ts"
import { explore } from "../preference/place-new-items.ts"
import { rank } from "../preference/rank.ts"
import { type RecommendQuestion, recommendStrictly, unrankedSlot } from "../preference/recommend.ts"
import type { Slot } from "../preference/slot.ts"
import { spreadShare } from "../preference/spread-share.ts"
import { topRows } from "../preference/top-rows.ts"
import type { Release } from "../release/release.ts"
import { customerRebuy } from "../repurchase/rebuy.ts"
import { replenishmentCandidates } from "../repurchase/replenishment-candidates.ts"
import type { RecipeName } from "../schema/recipe.ts"
import { alternativesTo, complementsOf } from "./related-items.ts"
import { type Rotation, rotate } from "./rotation.ts"

export interface RecipeQuestion extends Omit<RecommendQuestion, "repeats"> {
  recipe: RecipeName
  /** Items that complements go with and alternatives stand in for. */
  items: readonly string[]
  /** Least share of `forYou` that the customer never bought; `null`: as the release learnt it. */
  noveltyShare: number | null
  /** Items passed over before go down; none by default. */
  rotation?: Rotation | undefined
}

export interface RecipeAnswer {
  /** The first recipe that had something to answer; the asked one where none had. */
  recipe: RecipeName
  slots: Slot[]
}

/** The recipes that answer where one has nothing, or fill what it leaves; `popular` answers wherever anything is on sale. */
const followers: Readonly<Record<RecipeName, readonly RecipeName[]>> = {
  forYou: ["popular"],
  discover: ["popular"],
  buyAgain: ["forYou", "popular"],
  alternatives: ["complements", "discover", "popular"],
  complements: ["alternatives", "discover", "popular"],
  popular: [],
  recentlyViewed: ["forYou", "popular"],
}

/** Recipes whose lists are filled with no other's: a short list is the true one. */
const unfilled: ReadonlySet<RecipeName> = new Set(["buyAgain", "recentlyViewed"])

/** Recipes whose lists are rotated: the others answer to items at hand, or are what was done. */
const rotated: ReadonlySet<RecipeName> = new Set(["forYou", "discover", "popular"])

/** Returns whether what was passed over goes down in a recipe's lists. */
export const isRotated = (recipe: RecipeName): boolean => rotated.has(recipe)

/** Returns whether other recipes go on where a recipe's own list ends. */
export const isFilled = (recipe: RecipeName): boolean => !unfilled.has(recipe)

/** Answers a recipe's list, best first, each item once; the next recipes fill it, or answer in its place. */
export function answerRecipe(question: RecipeQuestion, release: Release | null, catalogue: Catalogue): RecipeAnswer {
  const { recipe: asked, limit } = question
  const items = question.items.length > 0 ? question.items : itemsAtHand(asked, question.history)
  const slots: Slot[] = []
  let answered: RecipeName | undefined
  for (const recipe of [asked, ...followers[asked]]) {
    const exclude = [...(question.exclude ?? []), ...items, ...slots.map(({ itemId }) => itemId)]
    slots.push(...lists[recipe]({ ...question, items, exclude, limit: limit - slots.length }, release, catalogue))
    if (answered === undefined && slots.length > 0) answered = recipe
    if (slots.length >= limit || (answered !== undefined && unfilled.has(answered))) break
  }
  return { recipe: answered ?? asked, slots }
}

/** Returns the items that a customer has at hand where a question names none: for complements the cart, for alternatives the latest view. */
function itemsAtHand(recipe: RecipeName, { recent }: RecipeQuestion["history"]): string[] {
  if (recipe !== "complements" && recipe !== "alternatives") return []
  const kind = recipe === "complements" ? "cart" : "view"
  const latestOrder = recent.findLastIndex((done) => done.kind === "purchase")
  const done = recent.slice(latestOrder + 1).filter((one) => one.kind === kind)
  const latestFirst = [...new Set(done.map(({ itemId }) => itemId).reverse())]
  return latestFirst.slice(0, recipe === "complements" ? maxCart : 1)
}

const maxCart = 50

/** Least share of what a customer never bought, where no release has learnt one. */
const usualNoveltyShare = 0.1

type MakeList = (question: RecipeQuestion, release: Release | null, catalogue: Catalogue) => Slot[]

const lists: Readonly<Record<RecipeName, MakeList>> = {
  forYou,
  discover,
  buyAgain,
  alternatives: (question, release, catalogue) =>
    release === null ? [] : alternativesTo({ ...question, repeats: "allowed" }, release, catalogue),
  complements: (question, release, catalogue) =>
    release === null ? [] : complementsOf({ ...question, repeats: "allowed" }, release, catalogue),
  popular,
  recentlyViewed,
}

/** Returns what the customer most likely wants, with a least share of what they never bought spread over the list. */
function forYou(question: RecipeQuestion, release: Release | null, catalogue: Catalogue): Slot[] {
  const { limit, history, rotation } = question
  const noveltyShare = question.noveltyShare ?? release?.blend.allowed.noveltyShare ?? usualNoveltyShare
  const isNew = ({ itemId }: Slot) => !isKept(history, itemId)
  const wanted = rotate(recommendStrictly({ ...question, repeats: "allowed" }, release, catalogue), rotation)
  if (noveltyShare === 0) return wanted
  const fresh = () => discover(question, release, catalogue)
  const start = question.exploration?.chanceOf("novelty") ?? 0
  return spreadShare(wanted, fresh, { share: noveltyShare, start, limit, counts: isNew })
}

/** Returns what the customer most likely wants of what they never bought. */
function discover(question: RecipeQuestion, release: Release | null, catalogue: Catalogue): Slot[] {
  return rotate(recommendStrictly({ ...question, repeats: "excluded" }, release, catalogue), question.rotation)
}

/** Items bought and kept that may be needed again, the most likely first. */
function buyAgain(question: RecipeQuestion, release: Release | null, catalogue: Catalogue): Slot[] {
  const { history, exclude = [] } = question
  const left = new Set(exclude)
  const bought = keptItems(history).filter((itemId) => !left.has(itemId))
  if (bought.length === 0) return []
  const isOut = (itemId: string) => left.has(itemId) || question.isOut?.(itemId) === true
  const needed = release?.rebuy
    ? replenishmentCandidates(
        { ...question, isOut },
        customerRebuy(question.history, release.rebuy, question.nowMs),
        catalogue,
      )
    : []
  if (needed.length > 0) return needed
  const ranked = rank({ ...question, itemIds: bought, repeats: "allowed", explain: false }, release, catalogue)
  return ranked
    .slice(0, question.limit)
    .map((slot) => ({ ...slot, reasons: [{ code: "buyAgain", itemId: slot.itemId }] }))
}

/** Returns what most people want now, then what is new. */
function popular(question: RecipeQuestion, release: Release | null, catalogue: Catalogue): Slot[] {
  const items = release?.items ?? noItems
  const restrictions = { ...question, repeats: "allowed" as const }
  const shares = release?.popularity.overall ?? new Float32Array(0)
  const rows = topRows(shares, eligibleRows(items, catalogue, restrictions), question.limit)
  const ranked = rows.map(
    (row): Slot => ({
      itemId: items.ids[row]!,
      score: shares[row]!,
      reasons: shares[row]! > 0 ? [{ code: "popular" }] : [],
    }),
  )
  const unranked = eligibleUnranked(items, catalogue, restrictions).slice(0, question.limit - ranked.length)
  const slots = rotate([...ranked, ...unranked.map(({ id }) => unrankedSlot(id, catalogue, true))], question.rotation)
  if (release === null || !question.exploration) return slots
  const newItems = newItemsOf(release, catalogue)
  const scores = scoreNewItems(newItems, shares.entries())
  return explore(slots, newItems, scores, question.exploration, restrictions, question.limit)
}

/** Items viewed and not bought, the latest first. */
function recentlyViewed(question: RecipeQuestion, _: Release | null, catalogue: Catalogue): Slot[] {
  const mayShow = isEligible({ ...question, repeats: "excluded" })
  const views = question.history.recent.filter(({ kind }) => kind === "view").map(({ itemId }) => itemId)
  const latestFirst = [...new Set(views.reverse())]
  return latestFirst
    .filter((itemId) => {
      const item = catalogue.items.get(itemId)
      return item !== undefined && mayShow(item)
    })
    .slice(0, question.limit)
    .map((itemId) => ({ itemId, score: 0, reasons: [{ code: "becauseYouViewed", itemId }] }))
}
