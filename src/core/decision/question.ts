import { z } from "zod"
import { itemFilterSchema } from "../catalogue/item-filter.ts"
import { customerReferenceSchema } from "../customer/identifier.ts"
import { boundedRecord, plainNumber } from "../schema/bounded-record.ts"
import { channels } from "../schema/channel.ts"
import { constraint } from "../schema/constraint.ts"
import { story } from "../schema/example-story.ts"
import { itemIdSchema } from "../schema/item-id.ts"
import { parseJson } from "../schema/parse-json.ts"
import { placementSchema } from "../schema/placement.ts"
import { recipeNames } from "../schema/recipe.ts"
import { maxRanked } from "./ranking-trace.ts"

const repeats = z.enum(["allowed", "excluded"]).meta({
  description:
    "Whether items that the customer already has may be returned; default: the placement's policy. A `recipe` says so itself: a request names one of them.",
})

const recipe = z.enum(recipeNames).meta({
  description:
    "Kind of list. `forYou`: most wanted, with a share of what the customer never bought. `discover`: never bought. `buyAgain`: bought and needed again. `complements`: goes with `items`. `alternatives`: instead of `items`. `popular`: wanted by most people now. `recentlyViewed`: viewed and not bought. Default: the placement's policy, else by `repeats`.",
})

const itemsBeside = z.array(itemIdSchema).max(100).meta({
  description:
    "Items that `complements` go with and `alternatives` stand in for, such as those of a product page or a cart; by default what the customer last put into the cart, or viewed.",
})

export const recommendRequestSchema = z
  .strictObject({
    customer: customerReferenceSchema,
    placement: placementSchema.default("default"),
    recipe: recipe.optional(),
    items: itemsBeside.optional(),
    limit: z.number().int().min(1).max(100).default(10),
    filter: itemFilterSchema.optional(),
    exclude: z.array(itemIdSchema).max(1000).optional(),
    repeats: repeats.optional(),
    after: z.uuid().optional().meta({
      description:
        "Decision id of the previous page; the next page goes on behind it, to the end of all that is available and for as long as decisions are kept, with no item twice. `filter`, `repeats`, `recipe`, `items` and `exclude` of the first page still hold: another `filter` or `repeats` is refused, more items may be excluded.",
    }),
    explain: z.boolean().default(false),
  })
  .meta({ id: "RecommendRequest", example: { customer: { userId: story.userId }, placement: "home", limit: 3 } })

export type RecommendRequest = z.infer<typeof recommendRequestSchema>

const mostLists = 12

export const pageRequestSchema = z
  .strictObject({
    customer: customerReferenceSchema,
    lists: z
      .array(recommendRequestSchema.omit({ customer: true, after: true, explain: true }))
      .min(1)
      .max(mostLists)
      .meta({
        description: "Lists of the page, in the order in which they choose: none shows what one before it shows.",
      }),
    exclude: z.array(itemIdSchema).max(1000).optional().meta({ description: "Items that no list shows." }),
    explain: z.boolean().default(false),
  })
  .meta({
    id: "PageRequest",
    example: {
      customer: { userId: story.userId },
      lists: [
        { placement: "home", recipe: "forYou", limit: 6 },
        { placement: "home-again", recipe: "buyAgain", limit: 4 },
      ],
    },
  })

export type PageRequest = z.infer<typeof pageRequestSchema>

const rankConstraint = "`items` on the first page, `after` on the following ones: one of them."

export const rankRequestSchema = z
  .strictObject({
    customer: customerReferenceSchema,
    placement: placementSchema.default("default"),
    items: z.array(itemIdSchema).min(1).max(maxRanked).optional(),
    limit: z.number().int().min(1).max(maxRanked).optional().meta({
      description: "Number of items of a page; default: all.",
    }),
    after: z.uuid().optional().meta({
      description: "Decision id of the previous page; the next page continues its ranking.",
    }),
    repeats: z.enum(["allowed", "excluded"]).optional().meta({
      description:
        "Whether items that the customer already has may be returned; default: the placement's policy, by which they come last where it excludes them.",
    }),
    explain: z.boolean().default(false),
  })
  .refine(({ items, after }) => (items === undefined) !== (after === undefined), {
    message: "send `items`, or `after` for a following page",
    path: ["items"],
  })
  .meta({
    id: "RankRequest",
    ...constraint(rankConstraint),
    example: { customer: { userId: story.userId }, items: [story.itemId, "sku-0384"] },
  })

export type RankRequest = z.infer<typeof rankRequestSchema>

/** A query parameter that is written once or several times. */
const repeated = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (typeof value === "string" ? [value] : value), schema)

export const similarQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(10),
  filter: z
    .string()
    .max(10_000)
    .transform((text, context) => {
      const parsed = itemFilterSchema.safeParse(parseJson(text))
      if (parsed.success) return parsed.data
      context.addIssue('write an ItemFilter as JSON, such as {"category":["skin"]}')
      return z.NEVER
    })
    .optional()
    .meta({
      description: "`ItemFilter` as in `POST /v1/recommend`.",
      example: '{"price":{"max":20}}',
      ...constraint("An `ItemFilter` written as JSON."),
    }),
  exclude: repeated(z.array(itemIdSchema).max(100))
    .optional()
    .meta({ description: "Items to leave out; once for each." }),
})

const requestContextSchema = z
  .strictObject({
    locale: z.string().min(2).max(35).optional(),
    attributes: boundedRecord(z.string().min(1).max(50), z.union([z.string().max(200), plainNumber, z.boolean()]), 20)
      .optional()
      .meta({
        description:
          "What the caller knows about the situation; rules read it as `context.attributes`, models as features.",
      }),
  })
  .meta({ id: "RequestContext" })

export const decideRequestSchema = z
  .strictObject({
    customer: customerReferenceSchema,
    placement: placementSchema,
    channel: z.enum(channels),
    context: requestContextSchema.default({}),
    explain: z.boolean().default(false),
  })
  .meta({
    id: "DecideRequest",
    example: { customer: { userId: story.userId }, placement: "home-hero", channel: "web" },
  })

export type DecideRequest = z.infer<typeof decideRequestSchema>
