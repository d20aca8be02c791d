import { z } from "zod"
import { story } from "../schema/example-story.ts"
import type { Note } from "./product-lines.ts"
import { segmentBatchExample } from "./segment-examples.ts"

export const maxBatchBytes = 500 * 1024
const maxBatchEvents = 2500
/** Of a public key: browsers send tens. */
export const maxPublicBatchEvents = 100
const maxNoteLength = 500

/** A batch is looked at call by call, so that a bad one does not lose the good ones. */
export const segmentBatchSchema = z
  .looseObject({
    batch: z.array(z.unknown()).max(maxBatchEvents),
    sentAt: z.unknown().optional(),
  })
  .meta({ id: "SegmentBatch", example: segmentBatchExample, maxProperties: 1000 })

export const trackingAnswerSchema = z
  .object({
    success: z.boolean().meta({ description: "True if no event was rejected." }),
    results: z.array(
      z.object({
        messageId: z.string(),
        status: z.enum(["accepted", "duplicate", "rejected"]),
        customerId: z
          .uuid()
          .optional()
          .meta({ description: "Customer of the event; returned to server-side keys only." }),
        reason: z.string().optional().meta({
          description: "Reason for a rejection, for identifiers that were not joined, or for an event kept as a claim.",
        }),
        note: z.string().max(maxNoteLength).optional().meta({
          description:
            "Parts of an accepted event that were not understood: its name, or products, prices or quantities that it has or lacks.",
        }),
      }),
    ),
  })
  .meta({
    id: "TrackingAnswer",
    example: {
      success: true,
      results: [{ messageId: "view-1", status: "accepted", customerId: story.customerId }],
    },
  })

/** The notes of one event as one text, each thing said once. */
export const notesText = (notes: readonly Note[]): string =>
  [...new Set(notes.map(({ text }) => text))].join("; ").slice(0, maxNoteLength)
