import { z } from "zod"
import { type Identifier, identifierTypes } from "../customer/identifier.ts"
import { inOneOrder, type Traits } from "../customer/traits.ts"
import { groupBy } from "../measure/group-by.ts"
import { isoOrNull } from "../time/iso-or-null.ts"

/** An identifier that a record came with. Times in milliseconds since the epoch. */
export interface IdentifierEvidence extends Identifier {
  recordId: string
  given: string | null
  at: number
  toldAt: number
  claimed: boolean
}

/** Statement of a record about a trait; `null` removed it. Times in milliseconds since the epoch. */
export interface TraitEvidence {
  recordId: string
  name: string
  value: unknown
  at: number
  /** Time for which the record last said the same. */
  repeatedAt: number
  toldAt: number
  claimed: boolean
}

const times = {
  at: z.iso.datetime().meta({ description: "When it was true." }),
  toldAt: z.iso.datetime().meta({ description: "When it was told." }),
}

const identifierSchema = z.object({
  type: z.enum(identifierTypes),
  value: z.string(),
  given: z.string().nullable().meta({ description: "As its sender wrote it, where that is another spelling." }),
  ...times,
  claimed: z.boolean().meta({ description: "True if only a browser with a public key told it." }),
})

export const personRecordSchema = z.object({
  recordId: z.uuid(),
  firstToldAt: z.iso.datetime(),
  claimed: z.boolean().meta({ description: "True if only browsers with a public key told of it." }),
  identifiers: z.array(identifierSchema),
})

export type PersonRecord = z.infer<typeof personRecordSchema>

const statementSchema = z.object({
  value: z.unknown().meta({ description: "`null`: it was removed." }),
  recordId: z.uuid().nullable().meta({ description: "`null`: told before records were kept." }),
  at: z.iso.datetime().nullable(),
  toldAt: z.iso.datetime().nullable(),
})

export const explainedFieldsSchema = z.record(
  z.string(),
  statementSchema.extend({
    rule: z.literal("latest").meta({ description: "Of several statements, that which was true latest holds." }),
    lost: z.array(statementSchema.extend({ claimed: z.boolean() })).meta({
      description: "Other statements, latest first; those of browsers are claims, which never hold.",
    }),
  }),
)

export type ExplainedFields = z.infer<typeof explainedFieldsSchema>

const isoTime = (ms: number) => new Date(ms).toISOString()

/** Returns the records that a customer's evidence is of, first told first. */
export function recordsOf(evidence: readonly IdentifierEvidence[]): PersonRecord[] {
  const byRecord = groupBy(evidence, ({ recordId }) => recordId)
  return [...byRecord]
    .map(([recordId, own]) => ({
      recordId,
      firstToldAt: isoTime(Math.min(...own.map(({ toldAt }) => toldAt))),
      claimed: own.every(({ claimed }) => claimed),
      identifiers: own
        .toSorted((a, b) => a.toldAt - b.toldAt || (a.value < b.value ? -1 : 1))
        .map(({ type, value, given, at, toldAt, claimed }) => ({
          type,
          value,
          given,
          at: isoTime(at),
          toldAt: isoTime(toldAt),
          claimed,
        })),
    }))
    .sort((a, b) =>
      a.firstToldAt < b.firstToldAt || (a.firstToldAt === b.firstToldAt && a.recordId < b.recordId) ? -1 : 1,
    )
}

/** Returns where each of a customer's traits comes from, and what lost against it; one that no record said is of unknown origin. */
export function explainTraits(traits: Traits, evidence: readonly TraitEvidence[]): ExplainedFields {
  const byName = groupBy(evidence, ({ name }) => name)
  return Object.fromEntries(
    Object.entries(traits).map(([name, value]) => {
      const said = (byName.get(name) ?? []).toSorted((a, b) => b.repeatedAt - a.repeatedAt || b.toldAt - a.toldAt)
      const held = said.find((one) => !one.claimed && inOneOrder(one.value) === inOneOrder(value))
      const lost = said.filter((one) => one !== held)
      const known = held ?? { value, recordId: null, repeatedAt: null, toldAt: null }
      return [
        name,
        {
          ...shown(known),
          rule: "latest" as const,
          lost: lost.map((one) => ({ ...shown(one), claimed: one.claimed })),
        },
      ]
    }),
  )
}

const shown = (
  said: Pick<TraitEvidence, "value"> & { recordId: string | null; repeatedAt: number | null; toldAt: number | null },
) => ({
  value: said.value,
  recordId: said.recordId,
  at: isoOrNull(said.repeatedAt),
  toldAt: isoOrNull(said.toldAt),
})
