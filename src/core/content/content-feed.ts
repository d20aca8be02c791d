import { z } from "zod"
import { type RankedItem, rankedItemSchema, untrainedSchema } from "../decision/decision-schema.ts"
import { feedExample } from "./content-examples.ts"

/** Largest feed in bytes: the smallest limit among the mail tools that poll feeds. */
export const maxFeedBytes = 3_000_000

export const feedQuerySchema = z.strictObject({
  category: z.string().min(1).max(200).optional().meta({ description: "Only items of this category." }),
  brand: z.string().min(1).max(200).optional(),
  limit: z.coerce.number<string>().int().min(1).max(1000).default(100),
  key: z.string().min(1).max(200).optional().meta({
    description: "A public key, for tools that cannot send headers; send any other key in a header.",
  }),
})

export type FeedQuestion = { placement: string } & z.infer<typeof feedQuerySchema>

export const feedSchema = z
  .object({
    placement: z.string(),
    modelVersion: z.uuid().nullable(),
    untrained: untrainedSchema,
    items: z.array(rankedItemSchema.omit({ reasons: true, link: true })),
  })
  .meta({ id: "ContentFeed", example: feedExample })

export type ContentFeed = z.infer<typeof feedSchema>

/** As many of the items, best first, as fit into `maxBytes` of JSON. */
export function fittingItems(items: readonly RankedItem[], maxBytes: number): RankedItem[] {
  let room = maxBytes
  const end = items.findIndex((item) => {
    room -= utf8Length(JSON.stringify(item)) + 1
    return room < 0
  })
  return items.slice(0, end === -1 ? items.length : end)
}

const utf8Length = (text: string) => new TextEncoder().encode(text).length
