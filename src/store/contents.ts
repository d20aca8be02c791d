import type { Decision } from "./decisions.ts"
import type { Reservation } from "./schema.ts"

/** The natural key of content: asked again, the same bytes answer. */
export interface ContentKey {
  customerId: string
  placement: string
  campaign: string
  slot: string
}

export const contentFormats = ["json", "html"] as const
export type ContentFormat = (typeof contentFormats)[number]

export interface StoredContent {
  decisionId: string
  body: Uint8Array
}

export interface ContentStore {
  read(key: ContentKey, format: ContentFormat): Promise<StoredContent | null>
  /** Records bytes of every format with their decision in one transaction, unless the key has content: then nothing is written. Answers what stands. */
  keep(
    key: ContentKey,
    bodies: Readonly<Record<ContentFormat, Uint8Array>>,
    decision: Decision,
    reservation: Reservation | undefined,
    format: ContentFormat,
  ): Promise<StoredContent>
}
