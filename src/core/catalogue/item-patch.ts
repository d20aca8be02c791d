import { z } from "zod"
import { boundedRecord } from "../schema/bounded-record.ts"
import { itemIdSchema } from "../schema/item-id.ts"
import { itemPatchExample } from "./catalogue-examples.ts"
import { attributeNameSchema, attributeValueSchema, itemSchema, maxAttributes } from "./item.ts"
import { statedAtSchema } from "./stated-at.ts"

const { id: _id, updatedAt: _updatedAt, title, attributes: _attributes, ...removable } = itemSchema.shape

type Removable = {
  [F in keyof typeof removable]: z.ZodOptional<z.ZodNullable<(typeof removable)[F]>>
}

const removableFields = Object.fromEntries(
  Object.entries(removable).map(([name, field]) => [name, field.nullable().optional()]),
) as Removable

/** Changes of an item, as a JSON merge patch (RFC 7396). */
const patchSchema = z.strictObject({
  title: title.optional(),
  ...removableFields,
  attributes: boundedRecord(attributeNameSchema, attributeValueSchema.nullable(), maxAttributes)
    .nullable()
    .optional()
    .meta({ description: "Attributes that change, each by itself; `null` removes all of them." }),
})

export const itemPatchSchema = z
  .strictObject({
    id: itemIdSchema,
    at: statedAtSchema(
      "Time when your system changed these fields; default: the time of arrival. Each field keeps what was stated last of it, whatever came in last.",
    ),
    patch: patchSchema.meta({
      description:
        "JSON merge patch (RFC 7396): fields that it does not name are kept, `null` removes one. A patch with a `title` creates an unknown item.",
    }),
  })
  .meta({ id: "ItemPatch", example: itemPatchExample })

export type ItemPatch = z.infer<typeof itemPatchSchema>
