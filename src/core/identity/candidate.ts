import { z } from "zod"
import { shownIdentifierSchema } from "../customer/identifier.ts"
import { story } from "../schema/example-story.ts"
import { cursorDescription, nextCursorSchema, pageQuerySchema } from "../schema/page.ts"

const number = String.raw`\d{1,12}(?:\.\d{1,20})?(?:e-\d{1,2})?`
const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
/** Place of a pair in the order of the queue, as a cursor writes it. */
const place = new RegExp(`^(${number})_(${uuid})_(${uuid})$`)

export interface CandidatePlace {
  worth: number
  recordA: string
  recordB: string
}

export const cursorOfCandidate = ({ worth, recordA, recordB }: CandidatePlace): string =>
  `${worth}_${recordA}_${recordB}`

/** Returns the place that a cursor names; the schema has checked it. */
export function placeOfCursor(cursor: string): CandidatePlace {
  const [, worth, recordA, recordB] = place.exec(cursor)!
  return { worth: Number(worth), recordA: recordA!, recordB: recordB! }
}

export const candidatesQuerySchema = pageQuerySchema({ most: 200, usual: 50 }).extend({
  cursor: z
    .string()
    .max(300)
    .regex(place, "send the `nextCursor` of the page before")
    .optional()
    .meta({ description: cursorDescription }),
})

const valuesSchema = z
  .object({
    identifiers: z.array(shownIdentifierSchema),
    traits: z.record(z.string(), z.unknown()),
  })
  .nullable()
  .meta({ description: "What the record says; `null` for keys that may not read customers." })

const exampleValues = (firstName: string) => ({
  identifiers: [{ type: "userId" as const, value: story.userId }],
  traits: { firstName },
})
const otherId = "2f1d6c0e-5b7a-8c3d-9e4f-60718293a4b5"

export const candidatesSchema = z
  .object({
    candidates: z.array(
      z.object({
        recordA: z.uuid(),
        recordB: z.uuid(),
        customerA: z.uuid(),
        customerB: z.uuid(),
        valuesA: valuesSchema,
        valuesB: valuesSchema,
        probability: z.number().meta({ description: "Probability that both are one person, by the model." }),
        worth: z.number().meta({ description: "The probability times 1 + the orders of both customers." }),
        weights: z
          .array(
            z.object({
              field: z.string(),
              bits: z.number().meta({
                description:
                  "Base-2 logarithm of how much likelier this is in records of one person; negative speaks against it.",
              }),
              words: z.string(),
            }),
          )
          .meta({ description: "Evidence of each field that both records have." }),
        foundAt: z.iso.datetime(),
      }),
    ),
    nextCursor: nextCursorSchema,
  })
  .meta({
    id: "IdentityCandidates",
    example: {
      candidates: [
        {
          recordA: story.customerId,
          recordB: otherId,
          customerA: story.customerId,
          customerB: otherId,
          valuesA: exampleValues("Lea"),
          valuesB: { identifiers: [], traits: { firstName: "Leah" } },
          probability: 0.82,
          worth: 4.1,
          weights: [
            { field: "name", bits: 6.3, words: "one name the same, one name nearly the same" },
            { field: "email", bits: -1.2, words: "another address" },
          ],
          foundAt: story.viewedAt,
        },
      ],
      nextCursor: null,
    },
  })

export type IdentityCandidates = z.infer<typeof candidatesSchema>
