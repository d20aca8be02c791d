import { deleteDocument, listDocuments, readDocument } from "../../actions/catalogue/documents.ts"
import { upsertOffers as upsert } from "../../actions/catalogue/upsert-offers.ts"
import {
  deleteAnswerSchema,
  documentParametersSchema,
  listQuerySchema,
  offerListSchema,
  upsertAnswerSchema,
  upsertOffersSchema,
} from "../../core/catalogue/catalogue-schema.ts"
import { offerSchema } from "../../core/catalogue/offer.ts"
import { actorOf } from "../server/actor.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"

const tags = ["catalogue"]
const path = "/v1/offers"
const onePath = "/v1/offers/{id}"

export const upsertOffers = endpoint(
  createRoute({
    ...access({ permission: "offers:write", audit: "offers.upsert", maxBodyBytes: 5_000_000, checksEach: true }),
    tags,
    path,
    method: "post",
    operationId: "upsertOffers",
    summary: "Create or replace offers",
    description:
      "Each document is checked by itself: valid ones are written, and `results` has the result of each, in the order sent. If none is valid the answer is 400 and nothing is written.",
    request: jsonBody(upsertOffersSchema),
    responses: jsonAnswer("Result of each document", upsertAnswerSchema),
  }),
  async (c) => {
    return c.json(await upsert(c.var.services, c.req.valid("json").offers, actorOf(c)), 200)
  },
)

export const listOffers = endpoint(
  createRoute({
    ...access({ permission: "offers:read" }),
    tags,
    path,
    method: "get",
    operationId: "listOffers",
    summary: "List offers",
    request: { query: listQuerySchema },
    responses: jsonAnswer("A page", offerListSchema),
  }),
  async (c) => {
    const { page, nextCursor } = await listDocuments(c.var.services.store.offers, c.req.valid("query"))
    return c.json({ offers: page, nextCursor }, 200)
  },
)

export const readOffer = endpoint(
  createRoute({
    ...access({ permission: "offers:read" }),
    tags,
    path: onePath,
    method: "get",
    operationId: "getOffer",
    summary: "Get an offer",
    request: { params: documentParametersSchema },
    responses: jsonAnswer("The offer", offerSchema),
  }),
  async (c) => c.json(await readDocument(c.var.services.store.offers, c.req.valid("param").id), 200),
)

export const deleteOffer = endpoint(
  createRoute({
    ...access({ permission: "offers:write", audit: "offers.delete" }),
    tags,
    path: onePath,
    method: "delete",
    operationId: "deleteOffer",
    summary: "Delete an offer",
    request: { params: documentParametersSchema },
    responses: jsonAnswer("Deleted", deleteAnswerSchema),
  }),
  async (c) => {
    await deleteDocument(c.var.services.store.offers, c.req.valid("param").id, actorOf(c))
    return c.json({ deleted: true as const }, 200)
  },
)
