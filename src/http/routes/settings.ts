import {
  putSettings as put,
  readSettings as read,
  readSettingsHistory as readHistory,
} from "../../actions/operations/shop-settings.ts"
import {
  putSettingsSchema,
  settingsAnswerSchema,
  settingsHistoryQuerySchema,
  settingsHistorySchema,
} from "../../core/settings/shop-settings.ts"
import { actorOf } from "../server/actor.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"

const tags = ["settings"]
const path = "/v1/settings"

export const readSettings = endpoint(
  createRoute({
    ...access({ permission: "settings:read" }),
    tags,
    path,
    method: "get",
    operationId: "getSettings",
    summary: "Get the shop's settings",
    responses: jsonAnswer("The settings in force", settingsAnswerSchema),
  }),
  async (c) => c.json(await read(c.var.services), 200),
)

export const putSettings = endpoint(
  createRoute({
    ...access({ permission: "settings:write", audit: "settings.put" }),
    tags,
    path,
    method: "put",
    operationId: "putSettings",
    summary: "Replace the shop's settings",
    description:
      "Replaces all settings by a new version, which every server uses within two seconds; fields that are left out have their default. Setting the country for the first time makes national phone numbers readable: stored ones are converted.",
    request: jsonBody(putSettingsSchema),
    responses: jsonAnswer("The settings in force", settingsAnswerSchema),
  }),
  async (c) => c.json(await put(c.var.services, c.req.valid("json"), actorOf(c)), 200),
)

export const readSettingsHistory = endpoint(
  createRoute({
    ...access({ permission: "settings:read" }),
    tags,
    path: `${path}/history`,
    method: "get",
    operationId: "listSettingsVersions",
    summary: "List versions of the shop's settings",
    request: { query: settingsHistoryQuerySchema },
    responses: jsonAnswer("A page", settingsHistorySchema),
  }),
  async (c) => c.json(await readHistory(c.var.services, c.req.valid("query")), 200),
)
