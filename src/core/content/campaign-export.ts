import { z } from "zod"
import { defaultItemShare } from "../policy/item-share.ts"
import { placementSchema } from "../schema/placement.ts"

export const exportFormats = ["ndjson", "csv"] as const
export type ExportFormat = (typeof exportFormats)[number]

/** Meaning of the limit on one item's share, for the API and the command line. */
export const itemShareMeaning = `largest share of the customers who are given one item; default: ${defaultItemShare}, of few items three times an equal share; 1: no limit`

export const itemShareSchema = z.coerce.number<string>().min(0.01).max(1)

export const campaignParametersSchema = z.strictObject({ campaign: z.string().min(1).max(100) })

export const exportQuerySchema = z.strictObject({
  placement: placementSchema,
  slot: z.string().min(1).max(100).default("1"),
  locale: z.string().min(2).max(35).optional(),
  format: z.enum(exportFormats).default("ndjson"),
  maxItemShare: itemShareSchema.optional().meta({ description: `The ${itemShareMeaning}.` }),
})

export type CampaignQuestion = z.infer<typeof campaignParametersSchema> & z.infer<typeof exportQuerySchema>

/** One customer's content in an exported campaign. */
export interface CampaignRow {
  customerId: string
  userId: string | null
  email: string | null
  /** As `GET /v1/content` answers it. */
  content: Readonly<Record<string, unknown>>
  html: string
  /** The same in plain text. */
  text: string
}

/** The columns of a CSV export; what has more than one value, and cells as they are, are in the NDJSON. */
const columns: readonly (readonly [name: string, value: (row: CampaignRow) => unknown])[] = [
  ["customerId", ({ customerId }) => customerId],
  ["userId", ({ userId }) => userId],
  ["email", ({ email }) => email],
  ["decisionId", ({ content }) => content.decisionId],
  ["kind", ({ content }) => content.kind],
  ["offerId", ({ content }) => (content.offer as { id?: string } | null)?.id],
  ["items", ({ content }) => (content.items as { id: string }[]).map(({ id }) => id).join(" ")],
  ["html", ({ html }) => html],
  ["text", ({ text }) => text],
]

/** Characters that start a formula in spreadsheets. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/

const cell = (value: unknown) => {
  const given = value === null || value === undefined ? "" : String(value)
  const text = formula.test(given) ? `'${given}` : given
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Header and row writer of each export format; rows include their line end (RFC 4180 for CSV). */
export const exportWriters = {
  ndjson: { mediaType: "application/x-ndjson", header: "", row: (row: CampaignRow) => `${JSON.stringify(row)}\n` },
  csv: {
    mediaType: "text/csv; charset=utf-8",
    header: `${columns.map(([name]) => name).join(",")}\r\n`,
    row: (row: CampaignRow) => `${columns.map(([, value]) => cell(value(row))).join(",")}\r\n`,
  },
} satisfies Record<ExportFormat, { mediaType: string; header: string; row: (row: CampaignRow) => string }>
