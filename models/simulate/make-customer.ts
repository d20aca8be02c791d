import { createRandom, hashNormal, normal, oneOf, type Random } from "../random.ts"
import { type SkinType, skinTypes } from "./make-catalogue.ts"
import { productTypes } from "./product-types.ts"
import { daysPerYear, logOdds, streams } from "./streams.ts"
import { firstNames, lastNames } from "./words.ts"
import type { World } from "./world.ts"

/** One person: what the shop may come to know, and what drives them. */
export interface Customer {
  index: number
  userId: string
  email: string
  loyaltyCard: string | undefined
  firstName: string
  lastName: string
  skinType: SkinType
  tellsSkinType: boolean
  marketing: boolean
  parcels: boolean
  /** First day with the shop, 0 for those who were there before. */
  arrivalDay: number
  /** First day without the shop; may lie beyond the days simulated. */
  departureDay: number
  /** Multiplies every rate of theirs. */
  pace: number
  storeShare: number
  callCentreShare: number
  device: "web" | "app"
  /** Taste turns from `taste` towards `tasteTo` by `driftPerYear` radians a year; already scaled to log odds. */
  taste: Float64Array
  tasteTo: Float64Array
  driftPerYear: number
  /** Log odds for each product type. */
  affinity: Float64Array
  /** Product types they keep buying anew. */
  needs: readonly number[]
  /** Log odds lost per doubled price. */
  priceSensitivity: number
  openOdds: number
}

/** Draws the person of this index; no other person and no order of asking has a part in it. */
export function makeCustomer(world: World, seed: number, index: number): Customer {
  const random = createRandom(seed, streams.customer, index)
  const arrivalDay = random() < world.newCustomerShare ? Math.floor(random() * world.days) : 0
  const affinity = drawAffinity(world, random)
  const firstName = oneOf(random, firstNames)
  const lastName = oneOf(random, lastNames)
  const card = `LC-${String(100_000 + index)}`
  return {
    index,
    userId: `u-${index + 1}`,
    email: `${firstName}.${lastName}.${index + 1}@mail.example`.toLowerCase(),
    loyaltyCard: random() < world.loyaltyCardShare ? card : undefined,
    firstName,
    lastName,
    skinType: oneOf(random, skinTypes),
    tellsSkinType: random() < 0.4,
    marketing: random() < world.marketingConsentShare,
    parcels: random() < world.parcelConsentShare,
    arrivalDay,
    departureDay: arrivalDay + departsAfter(world, random),
    pace: Math.exp(world.activitySpread * normal(random) - world.activitySpread ** 2 / 2),
    storeShare: Math.min(1, 2 * random() * world.storeShare),
    callCentreShare: Math.min(1, 2 * random() * world.callCentreShare),
    device: random() < 0.65 ? "web" : "app",
    taste: drawTaste(world, random),
    tasteTo: drawTaste(world, random),
    driftPerYear: world.driftPerYear * (0.5 + random()) * (random() < 0.5 ? -1 : 1),
    affinity,
    needs: drawNeeds(world, affinity, random),
    priceSensitivity: world.priceSensitivity * Math.exp(world.priceSensitivitySpread * normal(random)),
    openOdds: logOdds(world.openProbability) + 0.7 * normal(random),
  }
}

function departsAfter({ churnPerYear }: World, random: Random): number {
  const days = (-Math.log(1 - random()) * daysPerYear) / churnPerYear
  return Number.isFinite(days) ? Math.max(1, Math.ceil(days)) : Number.MAX_SAFE_INTEGER
}

function drawTaste(world: World, random: Random): Float64Array {
  const { tasteDimensions: seen, hiddenTasteDimensions: hidden } = world
  return Float64Array.from({ length: seen + hidden }, (_, dimension) =>
    dimension < seen
      ? (world.tasteStrength * normal(random)) / Math.sqrt(seen)
      : (world.hiddenTasteStrength * normal(random)) / Math.sqrt(hidden),
  )
}

function drawAffinity({ categoryAffinitySpread }: World, random: Random): Float64Array {
  const byCategory = new Map<string, number>()
  return Float64Array.from(productTypes, ({ category }) => {
    const shared = byCategory.get(category) ?? normal(random)
    byCategory.set(category, shared)
    return categoryAffinitySpread * (0.8 * shared + 0.6 * normal(random))
  })
}

/** Types with a greater affinity are needed by more people; on average `needsPerCustomer` of them. */
function drawNeeds({ needsPerCustomer }: World, affinity: Float64Array, random: Random): number[] {
  const weights = affinity.map((value) => Math.exp(value))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return [...weights.keys()].filter((type) => random() < Math.min(0.95, (needsPerCustomer * weights[type]!) / total))
}

/** Their mood in a week, as a factor of mean 1 on every rate of theirs; nothing that is recorded tells it. */
export function moodIn(week: number, { index }: Customer, { moodSpread }: World, seed: number): number {
  return Math.exp(moodSpread * hashNormal(seed, streams.mood, index, week) - moodSpread ** 2 / 2)
}
