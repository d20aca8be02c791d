import { readFileSync } from "node:fs"
import { z } from "zod"
import { ApiError } from "../../src/core/problem/problem.ts"
import { createRandom } from "../random.ts"

interface Parameter {
  unit: string
  min: number
  max: number
  integer?: boolean
  /** Range that `randomWorld` draws it from, inside [min, max]. */
  draw: readonly [number, number]
}

/** Every parameter of a world: its unit, the values it may have, and those `randomWorld` gives it. */
export const worldParameters = {
  customers: { unit: "customers", min: 1, max: 1_000_000, integer: true, draw: [1500, 3000] },
  items: { unit: "items", min: 50, max: 20_000, integer: true, draw: [250, 500] },
  days: { unit: "days", min: 30, max: 1095, integer: true, draw: [365, 365] },
  newCustomerShare: { unit: "share of customers", min: 0, max: 1, draw: [0.2, 0.6] },
  churnPerYear: { unit: "departures per customer and year", min: 0, max: 5, draw: [0.1, 0.4] },
  activitySpread: { unit: "standard deviation of the log pace", min: 0, max: 2, draw: [0.4, 0.8] },
  loyaltyCardShare: { unit: "share of customers", min: 0, max: 1, draw: [0.3, 0.7] },
  storeShare: { unit: "share of a card holder's orders", min: 0, max: 1, draw: [0.2, 0.5] },
  callCentreShare: { unit: "share of orders", min: 0, max: 1, draw: [0.01, 0.05] },
  marketingConsentShare: { unit: "share of customers", min: 0, max: 1, draw: [0.4, 0.8] },
  parcelConsentShare: { unit: "share of customers", min: 0, max: 1, draw: [0.1, 0.4] },
  tasteDimensions: { unit: "dimensions", min: 1, max: 64, integer: true, draw: [4, 10] },
  hiddenTasteDimensions: { unit: "dimensions", min: 0, max: 64, integer: true, draw: [2, 6] },
  tasteStrength: { unit: "log odds, standard deviation", min: 0, max: 4, draw: [1.1, 1.7] },
  hiddenTasteStrength: { unit: "log odds, standard deviation", min: 0, max: 4, draw: [0.4, 0.9] },
  idiosyncrasy: { unit: "log odds, standard deviation", min: 0, max: 4, draw: [0.4, 0.9] },
  attributeNoise: { unit: "standard deviations of the taste seen", min: 0, max: 5, draw: [0.2, 0.8] },
  categoryAffinitySpread: { unit: "log odds, standard deviation", min: 0, max: 3, draw: [0.7, 1.2] },
  popularitySpread: { unit: "log odds, standard deviation", min: 0, max: 3, draw: [0.5, 0.9] },
  priceSensitivity: { unit: "log odds per doubled price", min: 0, max: 3, draw: [0.2, 0.8] },
  priceSensitivitySpread: { unit: "standard deviation of the log sensitivity", min: 0, max: 2, draw: [0.3, 0.9] },
  driftPerYear: { unit: "radians of taste per year", min: 0, max: 3.2, draw: [0.2, 0.9] },
  moodSpread: { unit: "log rate, standard deviation by week", min: 0, max: 2, draw: [0.1, 0.4] },
  seasonality: { unit: "log rate, half swing", min: 0, max: 0.95, draw: [0.1, 0.5] },
  needsPerCustomer: { unit: "product types", min: 0, max: 20, draw: [1.5, 3] },
  renewalShape: { unit: "Weibull shape", min: 0.5, max: 10, draw: [1.5, 4] },
  renewalScale: { unit: "times a product type's usual days", min: 0.1, max: 10, draw: [1.2, 2.2] },
  impulseOrdersPerYear: { unit: "orders per customer and year", min: 0, max: 50, draw: [0.3, 1] },
  complementProbability: { unit: "probability per try, of two", min: 0, max: 1, draw: [0.1, 0.35] },
  browseSessionsPerYear: { unit: "sessions per customer and year", min: 0, max: 200, draw: [2.5, 6] },
  viewsPerSession: { unit: "views", min: 1, max: 50, draw: [2, 4] },
  loginShare: { unit: "share of sessions on a new device", min: 0, max: 1, draw: [0.3, 0.7] },
  newDeviceShare: { unit: "share of sessions", min: 0, max: 1, draw: [0.05, 0.2] },
  lateDeliveryShare: { unit: "share of deliveries", min: 0, max: 1, draw: [0.04, 0.15] },
  complaintAfterDelay: { unit: "probability per late delivery", min: 0, max: 1, draw: [0.15, 0.45] },
  complaintOtherwise: { unit: "probability per delivery in time", min: 0, max: 1, draw: [0.005, 0.03] },
  returnBase: { unit: "probability of a line neither liked nor disliked", min: 0.001, max: 0.9, draw: [0.06, 0.16] },
  keepBase: { unit: "probability of an item neither liked nor disliked", min: 0.01, max: 0.99, draw: [0.3, 0.6] },
  responseBase: { unit: "probability of an offer of no special appeal", min: 0.0001, max: 0.9, draw: [0.004, 0.02] },
  responseSpread: { unit: "log odds, standard deviation", min: 0, max: 4, draw: [0.5, 1.1] },
  fatiguePerContact: { unit: "log odds per contact in the last week", min: 0, max: 3, draw: [0.05, 0.3] },
  emailsPerMonth: { unit: "campaigns per 28 days", min: 0, max: 28, integer: true, draw: [1, 4] },
  openProbability: { unit: "probability per e-mail", min: 0, max: 1, draw: [0.1, 0.3] },
  outOfStockShare: { unit: "share of items", min: 0, max: 0.9, draw: [0.01, 0.05] },
  launchShare: { unit: "share of items", min: 0, max: 0.9, draw: [0.05, 0.15] },
} as const satisfies Record<string, Parameter>

export type WorldParameter = keyof typeof worldParameters
export type World = Readonly<Record<WorldParameter, number>>

const entries = Object.entries(worldParameters) as [WorldParameter, Parameter][]
const number = ({ min, max, integer, unit }: Parameter) =>
  (integer ? z.int() : z.number()).min(min).max(max).meta({ description: unit })

export const worldSchema = z.strictObject(
  Object.fromEntries(entries.map(([name, parameter]) => [name, number(parameter)])) as Record<
    WorldParameter,
    z.ZodNumber
  >,
)

/** The world of a parsed JSON document; an `ApiError` points at each unknown, missing or out-of-range field. */
export function parseWorld(json: unknown): World {
  const result = worldSchema.safeParse(json)
  if (result.success) return result.data
  const errors = result.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ pointer: `/${key}`, message: "a world has no such field" }))
      : [{ pointer: issue.path.map((part) => `/${String(part)}`).join(""), message: issue.message }],
  )
  const listed = errors.map(({ pointer, message }) => `${pointer || "the document"}: ${message}`).join("; ")
  throw new ApiError("invalidRequest", `correct the world file; models/simulate/card.md lists its fields. ${listed}`, {
    errors,
  })
}

/** The world the demo shop lives in. */
export const defaultWorld: World = parseWorld(
  JSON.parse(readFileSync(new URL("./default-world.json", import.meta.url), "utf8")),
)

/** A world whose every parameter is drawn uniformly from its range `draw`. */
export function randomWorld(seed: number): World {
  const random = createRandom(seed, 0x776f726c)
  const draw = ({ draw: [low, high], integer }: Parameter) => {
    const value = low + random() * (high - low)
    return integer ? Math.round(value) : Number(value.toPrecision(4))
  }
  return parseWorld(Object.fromEntries(entries.map(([name, parameter]) => [name, draw(parameter)])))
}
