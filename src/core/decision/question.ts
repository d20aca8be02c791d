import { z } from "zod"
import { itemFilterSchema } from "../catalogue/item-filter.ts"
import { customerReferenceSchema } from "../customer/identifier.ts"
import { boundedRecord, plainNumber } from "../schema/bounded-record.ts"
import { channels } from "../schema/channel.ts"
import { constraint } from "../schema/constraint.ts"
import { story } from "../schema/example-story.ts"
import { itemIdSchema } from "../schema/item-id.ts"
import { placementSchema } from "../schema/placement.ts"
import { maxRanked } from "./ranking-trace.ts"

const repeats = z.enum(["allowed", "excluded"]).meta({
  description: "Whether items that the customer already has may be returned; default: the placement's policy.",
})

export const recommendRequestSchema = z
  .strictObject({
    customer: customerReferenceSchema,
    placement: placementSchema.default("default"),
    limit: z.number().int().min(1).max(100).default(10),
    filter: itemFilterSchema.optional(),
    exclude: z.array(itemIdSchema).max(1000).optional(),
    repeats: repeats.optional(),
    after: z.uuid().optional().meta({
      description:
        "Decision id of the previous page; the next page goes on behind it, to the end of all that is available and for as long as decisions are kept, with no item twice. `filter`, `repeats` and `exclude` of the first page still hold: another `filter` or `repeats` is refused, more items may be excluded.",
    }),
    explain: z.boolean().default(false),
  })
  .meta({ id: "RecommendRequest", example: { customer: { userId: story.userId }, placement: "home", limit: 3 } })

export type RecommendRequest = z.infer<typeof recommendRequestSchema>

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
    repeats: repeats.optional(),
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
