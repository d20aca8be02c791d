import { z } from "zod"
import type { MetricKind } from "../experiment/fewest-events.ts"
import { plainNumber } from "../schema/bounded-record.ts"
import { constraint } from "../schema/constraint.ts"
import { nextCursorSchema, pageQuerySchema } from "../schema/page.ts"

/** Dimensions that figures are read by. */
export const dimensions = ["channel", "store", "placement", "offer", "campaign", "release"] as const
export type Dimension = (typeof dimensions)[number]

export const goalIdSchema = z
  .string()
  .max(60)
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]*$/, "write letters, digits and hyphens")

const scalar = z.union([z.string().max(200), plainNumber, z.boolean()])

/** An event that counts towards a goal of the shop's own. */
const goalEventSchema = z
  .strictObject({
    name: z.string().min(1).max(200).meta({ description: "Name of the event, as it was sent or its canonical one." }),
    where: z
      .record(z.string().min(1).max(100), scalar)
      .refine((where) => Object.keys(where).length <= 5, "name at most 5 properties")
      .default({})
      .meta({ description: "Properties that it must have; all of them.", maxProperties: 5 }),
    property: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: "Property whose number is added up; by default each event counts 1." }),
    counting: z.enum(["sum", "once"]).default("sum").meta({
      description: "`once`: a customer counts 1, however often it happened; the goal is a share of customers.",
    }),
  })
  .meta({ id: "GoalEvent" })

type GoalEvent = z.infer<typeof goalEventSchema>

const putShape = {
  title: z.string().min(1).max(200).optional(),
  direction: z.enum(["up", "down"]).optional().meta({ description: "Direction in which it gets better." }),
  target: z.number().min(-1e12).max(1e12).nullable().optional().meta({ description: "Value to reach, in its unit." }),
}

export const putGoalSchema = z.strictObject({ ...putShape, event: goalEventSchema.optional() }).meta({
  id: "PutGoal",
  description: "A shipped goal takes `title`, `direction` and `target`; one of the shop's own needs an `event`.",
  ...constraint("Only a goal of the shop's own has an `event`, and needs one."),
  example: { title: "Reviews written", event: { name: "Product Reviewed" }, direction: "up", target: 0.1 },
})

export type PutGoal = z.infer<typeof putGoalSchema>

/** Denominator of a goal: customers, or what is counted beside it. */
const pers = ["customer", "order", "mail", "offer", "send", "complaint", "stockUnit"] as const

export interface Goal {
  id: string
  title: string
  /** Kind of its metric; the customer is the unit of each. */
  metric: MetricKind
  unit: string
  per: (typeof pers)[number]
  direction: "up" | "down"
  target: number | null
  /** False where machines can make it happen. */
  reliable: boolean
  /** Days after an order in which it is looked for; `null`: on the day itself. */
  windowDays: number | null
  shipped: boolean
  event?: GoalEvent
}

export const goalSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    metric: z.enum(["proportion", "mean", "ratio"]),
    unit: z.string(),
    per: z.enum(pers),
    direction: z.enum(["up", "down"]),
    target: z.number().nullable(),
    reliable: z.boolean().meta({ description: "False where machines can make it happen, as with opened mails." }),
    windowDays: z.number().int().nullable(),
    shipped: z.boolean(),
    event: goalEventSchema.optional(),
  })
  .meta({
    id: "Goal",
    example: {
      id: "repurchase30",
      title: "Orders followed by another within 30 days",
      metric: "ratio",
      unit: "share",
      per: "order",
      direction: "up",
      target: 0.2,
      reliable: true,
      windowDays: 30,
      shipped: true,
    },
  })

export const goalListQuerySchema = pageQuerySchema({ most: 200, usual: 100 })
export const goalListSchema = z
  .object({ goals: z.array(goalSchema), nextCursor: nextCursorSchema })
  .meta({ id: "GoalList", example: { goals: [], nextCursor: null } })

const goal = (
  id: string,
  title: string,
  metric: MetricKind,
  unit: string,
  per: Goal["per"],
  rest: Partial<Pick<Goal, "direction" | "reliable" | "windowDays">> = {},
): Goal => ({
  id,
  title,
  metric,
  unit,
  per,
  direction: "up",
  target: null,
  reliable: true,
  windowDays: null,
  shipped: true,
  ...rest,
})

/** Days within which another order makes an order followed. */
export const repurchaseDays = [30, 60, 90] as const

/** Goals that every shop has. */
export const shippedGoals: readonly Goal[] = [
  goal("conversion", "Customers who ordered", "proportion", "share", "customer"),
  goal("orders", "Orders", "mean", "orders", "customer"),
  goal("revenue", "Value of orders", "mean", "money", "customer"),
  goal("averageOrder", "Average order", "ratio", "money", "order"),
  ...repurchaseDays.map((days) =>
    goal(`repurchase${days}`, `Orders followed by another within ${days} days`, "ratio", "share", "order", {
      windowDays: days,
    }),
  ),
  goal("units", "Units ordered", "mean", "units", "customer"),
  goal("stockRotation", "Units ordered for each in stock now", "mean", "units", "stockUnit"),
  goal("acceptance", "Offers that were accepted", "ratio", "share", "offer"),
  goal("margin", "Margin told with outcomes of offers", "ratio", "money", "offer"),
  goal("opens", "Mails that were opened", "ratio", "share", "mail", { reliable: false }),
  goal("clicks", "Mails with a link followed", "ratio", "share", "mail", { reliable: false }),
  goal("keptShare", "Items sent unasked that were kept", "ratio", "share", "send"),
  goal("complaints", "Complaints", "mean", "complaints", "customer", { direction: "down" }),
  goal("hoursToAnswer", "Hours until a complaint was resolved", "ratio", "hours", "complaint", { direction: "down" }),
  goal("unsubscribes", "Withdrawals from mailings", "mean", "withdrawals", "customer", { direction: "down" }),
]

const shippedById = new Map(shippedGoals.map((shipped) => [shipped.id, shipped]))

/** Returns the goal that a stored one is; of a shipped goal only title, direction and target are the shop's. */
export function goalOf(id: string, put: PutGoal): Goal | null {
  const { title, direction, target, event } = put
  const shipped = shippedById.get(id)
  const own = {
    ...(title !== undefined && { title }),
    ...(direction !== undefined && { direction }),
    ...(target !== undefined && { target }),
  }
  if (shipped !== undefined) return { ...shipped, ...own }
  if (event === undefined) return null
  const isOnce = event.counting === "once"
  return {
    ...goal(id, id, isOnce ? "proportion" : "mean", isOnce ? "share" : (event.property ?? "events"), "customer"),
    shipped: false,
    ...own,
    event,
  }
}

/** Returns every goal by id: the shop's own and the shipped, with what the shop said of them. */
export function goalsWith(stored: readonly { id: string; goal: PutGoal }[]): Goal[] {
  const own = new Map(stored.map(({ id, goal: put }) => [id, put]))
  const shipped = shippedGoals.map((one) => goalOf(one.id, own.get(one.id) ?? {})!)
  const others = stored.flatMap(({ id, goal: put }) => (shippedById.has(id) ? [] : (goalOf(id, put) ?? [])))
  return [...shipped, ...others].sort((a, b) => (a.id < b.id ? -1 : 1))
}
