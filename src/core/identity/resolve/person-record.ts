import type { Identifier } from "../../customer/identifier.ts"
import type { Traits } from "../../customer/traits.ts"

/** One source's word on one person. */
export interface PersonRecord {
  source: string
  /** The source's own id of the person. */
  id: string
  identifiers: readonly Identifier[]
  traits: Traits
}

/** Orders records the same way however they come. */
export const recordKey = ({ source, id }: Pick<PersonRecord, "source" | "id">): string => `${source}\u0000${id}`
