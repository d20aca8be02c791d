import { deleteDocument, listDocuments, readDocument } from "../../actions/catalogue/documents.ts"
import { patchItems as patch } from "../../actions/catalogue/patch-items.ts"
import { upsertItems as upsert } from "../../actions/catalogue/upsert-items.ts"
import {
  deleteAnswerSchema,
  documentParametersSchema,
  itemListSchema,
  listQuerySchema,
  patchAnswerSchema,
  patchItemsSchema,
  upsertAnswerSchema,
  upsertItemsSchema,
} from "../../core/catalogue/catalogue-schema.ts"
import { itemSchema } from "../../core/catalogue/item.ts"
import { actorOf } from "../server/actor.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"

const tags = ["catalogue"]
const path = "/v1/items"
const onePath = "/v1/items/{id}"

export const upsertItems = endpoint(
  createRoute({
    ...access({ permission: "items:write", audit: "items.upsert", maxBodyBytes: 5_000_000, checksEach: true }),
    tags,
    path,
    method: "post",
    operationId: "upsertItems",
    summary: "Create or replace items",
    description:
      "Each document is checked by itself: valid ones are written, and `results` has the result of each, in the order sent. If none is valid the answer is 400 and nothing is written. An item is replaced whole: `erased` names what was stored and is not sent.",
    request: jsonBody(upsertItemsSchema),
    responses: jsonAnswer("Result of each document", upsertAnswerSchema),
  }),
  async (c) => {
    return c.json(await upsert(c.var.services, c.req.valid("json").items, actorOf(c)), 200)
  },
)

export const patchItems = endpoint(
  createRoute({
    ...access({ permission: "items:write", audit: "items.patch", maxBodyBytes: 5_000_000, checksEach: true }),
    tags,
    path,
    method: "patch",
    operationId: "patchItems",
    summary: "Patch items",
    description:
      "Each `patch` is a JSON merge patch (RFC 7396): what it does not name is kept. Of each field, and of each attribute, what was stated last by `at` stands, whatever comes in last; of two statements of one moment a value stands before a removal, and of two values the greater JSON text. Each patch is checked by itself, as in `POST /v1/items`; one of an unknown item without a `title` is rejected.",
    request: jsonBody(patchItemsSchema),
    responses: jsonAnswer("Result of each patch", patchAnswerSchema),
  }),
  async (c) => {
    return c.json(await patch(c.var.services, c.req.valid("json").items, actorOf(c)), 200)
  },
)

export const listItems = endpoint(
  createRoute({
    ...access({ permission: "items:read" }),
    tags,
    path,
    method: "get",
    operationId: "listItems",
    summary: "List items",
    request: { query: listQuerySchema },
    responses: jsonAnswer("A page", itemListSchema),
  }),
  async (c) => {
    const { page, nextCursor } = await listDocuments(c.var.services.store.items, c.req.valid("query"))
    return c.json({ items: page, nextCursor }, 200)
  },
)

export const readItem = endpoint(
  createRoute({
    ...access({ permission: "items:read" }),
    tags,
    path: onePath,
    method: "get",
    operationId: "getItem",
    summary: "Get an item",
    request: { params: documentParametersSchema },
    responses: jsonAnswer("The item", itemSchema),
  }),
  async (c) => c.json(await readDocument(c.var.services.store.items, c.req.valid("param").id), 200),
)

export const deleteItem = endpoint(
  createRoute({
    ...access({ permission: "items:write", audit: "items.delete" }),
    tags,
    path: onePath,
    method: "delete",
    operationId: "deleteItem",
    summary: "Delete an item",
    request: { params: documentParametersSchema },
    responses: jsonAnswer("Deleted", deleteAnswerSchema),
  }),
  async (c) => {
    await deleteDocument(c.var.services.store.items, c.req.valid("param").id, actorOf(c))
    return c.json({ deleted: true as const }, 200)
  },
)
