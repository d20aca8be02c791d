import { z } from "zod"
import { actorKinds } from "../access/actor.ts"
import { customerReferenceSchema, shownIdentifierSchema } from "../customer/identifier.ts"
import { story } from "../schema/example-story.ts"
import { nextCursorSchema, numberCursorSchema, pageQuerySchema } from "../schema/page.ts"
import { linkAnswerExample, linksExample } from "./link-examples.ts"
import { personStateSchema } from "./person-state.ts"

const linkVerdicts = ["same", "different"] as const
export type LinkVerdict = (typeof linkVerdicts)[number]

const linkOrigins = ["rule", "score", "word"] as const
export type LinkOrigin = (typeof linkOrigins)[number]

const detailSchema = z.object({
  identifier: shownIdentifierSchema
    .optional()
    .meta({ description: "Of a rule: the identifier that both records came with." }),
  weights: z
    .record(z.string(), z.number())
    .optional()
    .meta({ description: "Of a score: the weight of each field, in bits." }),
  note: z.string().optional().meta({ description: "Of a word: why." }),
})

export type LinkDetail = z.infer<typeof detailSchema>

const recordReferenceSchema = z
  .union([
    z.uuid().meta({ description: "A record, or a customer: then the record that they are named by." }),
    customerReferenceSchema,
  ])
  .meta({ description: "A record, by its id or by how its customer is named." })

export const linkRequestSchema = z
  .strictObject({
    a: recordReferenceSchema,
    b: recordReferenceSchema,
    verdict: z.enum(linkVerdicts),
    note: z.string().min(1).max(500).optional(),
    dryRun: z.boolean().default(false).meta({ description: "True: says what would change, and changes nothing." }),
  })
  .meta({
    id: "LinkRequest",
    example: { a: { userId: story.userId }, b: { anonymousId: story.anonymousId }, verdict: "same" },
  })

export type LinkRequest = z.infer<typeof linkRequestSchema>

export const linkAnswerSchema = z
  .object({
    recordA: z.uuid(),
    recordB: z.uuid(),
    verdict: z.enum(linkVerdicts),
    dryRun: z.boolean(),
    changed: z.boolean().meta({ description: "True if customers were joined or split." }),
    before: z.array(personStateSchema),
    after: z.array(personStateSchema),
  })
  .meta({ id: "LinkAnswer", example: linkAnswerExample })

export const linksQuerySchema = pageQuerySchema().extend({ cursor: numberCursorSchema })

export const linksSchema = z
  .object({
    customerId: z.uuid(),
    links: z.array(
      z.object({
        id: z.int(),
        recordA: z.uuid(),
        recordB: z.uuid(),
        verdict: z.enum(linkVerdicts),
        origin: z.enum(linkOrigins),
        detail: detailSchema,
        posterior: z.number().nullable().meta({ description: "Of a score: the probability that both are one person." }),
        actor: z
          .object({ kind: z.enum(actorKinds), id: z.string(), name: z.string() })
          .nullable()
          .meta({ description: "Of a word: who said it." }),
        at: z.iso.datetime(),
        holds: z.boolean().meta({ description: "False once a later statement about the same pair outweighs it." }),
      }),
    ),
    nextCursor: nextCursorSchema,
  })
  .meta({ id: "RecordLinks", example: linksExample })

export type RecordLinks = z.infer<typeof linksSchema>
