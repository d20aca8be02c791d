import { z } from "@hono/zod-openapi"
import { listModels as list } from "../../actions/releases/list-models.ts"
import { promoteRelease } from "../../actions/releases/promote-release.ts"
import { listEvaluations as listAll, readEvaluation as read } from "../../actions/releases/read-evaluation.ts"
import { rollbackRelease } from "../../actions/releases/rollback-release.ts"
import { idParamsSchema } from "../../core/ids/uuid.ts"
import { story } from "../../core/schema/example-story.ts"
import { idPageQuerySchema, nextCursorSchema, pageWithin } from "../../core/schema/page.ts"
import { actorOf } from "../server/actor.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"

const tags = ["models"]
const timestamp = z.iso.datetime()
const json = z.record(z.string(), z.unknown())

const metrics = { all: { served: { ndcg20: 0.236, recall20: 0.421 }, popularity: { ndcg20: 0.078, recall20: 0.166 } } }

const releaseExample = {
  id: story.releaseId,
  createdAt: "2026-03-02T03:10:00.000Z",
  live: true,
  artifacts: { preference: "0198c0dd-d12f-7ce1-9ed6-65f1171aeed0", blend: "0198c0dd-d51a-75b2-a0d5-8e0274439b4f" },
  manifest: { seed: 1, metrics },
}

const evaluationExample = {
  id: "0198c0dd-d644-785b-91ba-ffe6f7b22bb2",
  releaseId: story.releaseId,
  createdAt: "2026-03-02T03:10:01.000Z",
  report: { items: 400, customers: { all: 1070, firstTime: 854 }, metrics },
}

const releaseSchema = z
  .object({
    id: z.uuid(),
    createdAt: timestamp,
    live: z.boolean(),
    artifacts: z.record(z.string(), z.uuid()).meta({ description: "Artifact ids, by model." }),
    manifest: json.meta({ description: "Data range, seed, code version, configuration, metrics." }),
  })
  .meta({ id: "Release", example: releaseExample })

export const listModels = endpoint(
  createRoute({
    ...access({ permission: "models:read" }),
    tags,
    method: "get",
    path: "/v1/models",
    operationId: "listReleases",
    summary: "List releases",
    request: { query: idPageQuerySchema() },
    responses: jsonAnswer(
      "A page, newest first",
      z
        .object({ models: z.array(releaseSchema), nextCursor: nextCursorSchema })
        .meta({ id: "ReleaseList", example: { models: [releaseExample], nextCursor: null } }),
    ),
  }),
  async (c) => {
    const { page, nextCursor } = pageWithin(await list(c.var.services), c.req.valid("query"), ({ id }) => id)
    return c.json({ models: page, nextCursor }, 200)
  },
)

export const promoteModel = endpoint(
  createRoute({
    ...access({ permission: "models:promote", audit: "models.promote" }),
    tags,
    method: "post",
    path: "/v1/models/{id}/promote",
    operationId: "promoteRelease",
    summary: "Promote a release",
    description: "A release that does not beat popularity is refused unless `force` is true.",
    request: {
      params: idParamsSchema,
      ...jsonBody(
        z.strictObject({ force: z.boolean().default(false) }).meta({ id: "PromoteRequest", example: { force: false } }),
      ),
    },
    responses: jsonAnswer(
      "The live release",
      z
        .object({ releaseId: z.uuid(), forced: z.boolean() })
        .meta({ id: "PromoteAnswer", example: { releaseId: story.releaseId, forced: false } }),
    ),
  }),
  async (c) => {
    const how = { ...c.req.valid("json"), actor: actorOf(c) }
    return c.json(await promoteRelease(c.var.services, c.req.valid("param").id, how), 200)
  },
)

export const rollbackModel = endpoint(
  createRoute({
    ...access({ permission: "models:promote", audit: "models.rollBack" }),
    tags,
    method: "post",
    path: "/v1/models/rollback",
    operationId: "rollBackRelease",
    summary: "Roll back to the release before",
    request: jsonBody(z.strictObject({}).meta({ id: "RollbackRequest", example: {} })),
    responses: jsonAnswer(
      "The live release",
      z.object({ releaseId: z.uuid() }).meta({ id: "RollbackAnswer", example: { releaseId: story.releaseId } }),
    ),
  }),
  async (c) => c.json(await rollbackRelease(c.var.services, actorOf(c)), 200),
)

const evaluationSchema = z
  .object({ id: z.uuid(), releaseId: z.uuid().nullable(), createdAt: timestamp, report: json })
  .meta({ id: "Evaluation", example: evaluationExample })

export const listEvaluations = endpoint(
  createRoute({
    ...access({ permission: "models:read" }),
    tags,
    method: "get",
    path: "/v1/evaluations",
    operationId: "listEvaluations",
    summary: "List evaluations",
    request: { query: idPageQuerySchema({ most: 100, usual: 20 }) },
    responses: jsonAnswer(
      "A page, newest first",
      z
        .object({ evaluations: z.array(evaluationSchema), nextCursor: nextCursorSchema })
        .meta({ id: "EvaluationList", example: { evaluations: [evaluationExample], nextCursor: null } }),
    ),
  }),
  async (c) => c.json(await listAll(c.var.services, c.req.valid("query")), 200),
)

export const readEvaluation = endpoint(
  createRoute({
    ...access({ permission: "models:read" }),
    tags,
    method: "get",
    path: "/v1/evaluations/{id}",
    operationId: "getEvaluation",
    summary: "Get an evaluation",
    request: { params: idParamsSchema },
    responses: jsonAnswer("The report", evaluationSchema),
  }),
  async (c) => c.json(await read(c.var.services, c.req.valid("param").id), 200),
)
