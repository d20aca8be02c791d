import type { Offer } from "../../core/catalogue/offer.ts"
import type { Database } from "../database/database.ts"
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
  })
