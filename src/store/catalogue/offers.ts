import { sql } from "drizzle-orm"
import type { Offer } from "../../core/catalogue/offer.ts"
import { lockUntilCommit } from "../database/advisory-lock.ts"
import { type Database, waitForLocks } from "../database/database.ts"
import { offers } from "../database/schema.ts"
import { createDocumentStore, type DocumentStore } from "./documents.ts"

export type OfferStore = DocumentStore<Offer>

export const createOfferStore = (database: Database): OfferStore =>
  createDocumentStore<Offer>(database, {
    table: offers,
    id: offers.id,
    document: offers.offer,
    updatedAt: offers.updatedAt,
    deletedAt: offers.deletedAt,
    audit: {
      kind: "offer",
      upsert: "offers.upsert",
      delete: "offers.delete",
      formerState: sql`former.document`,
      changesOf: (written) =>
        written.map(({ id, before, after }) => ({ subject: { kind: "offer", id }, before, after })),
      // One write after another, so that the former state is what this one replaced.
      async begin(transaction) {
        await transaction.execute(waitForLocks(0))
        await lockUntilCommit(transaction, "offers")
      },
    },
  })
