import { putExperiment as put, stopExperiment as stop } from "../../actions/experiments/put-experiment.ts"
import { listExperiments as list, readExperiment as read } from "../../actions/experiments/read-experiments.ts"
import { readResults } from "../../actions/experiments/read-results.ts"
import { recordExposures as record } from "../../actions/experiments/record-exposures.ts"
import {
  experimentDraftSchema,
  experimentListQuerySchema,
  experimentListSchema,
  experimentParametersSchema,
  experimentSchema,
  stopExperimentSchema,
} from "../../core/experiment/experiment-schema.ts"
import { exposuresAnswerSchema, exposuresSchema } from "../../core/experiment/exposure-schema.ts"
import { experimentResultsSchema } from "../../core/experiment/results-schema.ts"
import { actorOf } from "../server/actor.ts"
import { access, createRoute, endpoint, jsonAnswer, jsonBody } from "../server/api.ts"

const tags = ["experiments"]
const path = "/v1/experiments/{id}"

export const putExperiment = endpoint(
  createRoute({
    ...access({ permission: "experiments:write", audit: "experiments.put" }),
    tags,
    path,
    method: "put",
    operationId: "putExperiment",
    summary: "Start an experiment",
    description:
      "The design, its stopping rule included, is stated here and kept. With a `placement`, each eligible customer is decided for by the policy of their arm, drawn by a hash of their id. The universal holdout takes part in none. Without one, arms are assigned elsewhere and reported as exposures.",
    request: { params: experimentParametersSchema, ...jsonBody(experimentDraftSchema) },
    responses: jsonAnswer("The running experiment", experimentSchema),
  }),
  async (c) => c.json(await put(c.var.services, c.req.valid("param").id, c.req.valid("json"), actorOf(c)), 200),
)

export const readExperiment = endpoint(
  createRoute({
    ...access({ permission: "experiments:read" }),
    tags,
    path,
    method: "get",
    operationId: "getExperiment",
    summary: "Get an experiment's design",
    request: { params: experimentParametersSchema },
    responses: jsonAnswer("The experiment", experimentSchema),
  }),
  async (c) => c.json(await read(c.var.services, c.req.valid("param").id), 200),
)

export const listExperiments = endpoint(
  createRoute({
    ...access({ permission: "experiments:read" }),
    tags,
    path: "/v1/experiments",
    method: "get",
    operationId: "listExperiments",
    summary: "List experiments, newest first",
    request: { query: experimentListQuerySchema },
    responses: jsonAnswer("A page", experimentListSchema),
  }),
  async (c) => c.json(await list(c.var.services, c.req.valid("query")), 200),
)

export const stopExperiment = endpoint(
  createRoute({
    ...access({ permission: "experiments:write", audit: "experiments.stop" }),
    tags,
    path: `${path}/stop`,
    method: "post",
    operationId: "stopExperiment",
    summary: "Stop an experiment",
    description: "Everybody is decided for as without it. Its results stay, and windows that are open still fill.",
    request: { params: experimentParametersSchema, ...jsonBody(stopExperimentSchema) },
    responses: jsonAnswer("The stopped experiment", experimentSchema),
  }),
  async (c) => {
    const how = { ...c.req.valid("json"), actor: actorOf(c) }
    return c.json(await stop(c.var.services, c.req.valid("param").id, how), 200)
  },
)

export const readExperimentResults = endpoint(
  createRoute({
    ...access({ permission: "experiments:read" }),
    tags,
    path: `${path}/results`,
    method: "get",
    operationId: "getExperimentResults",
    summary: "Get an experiment's results",
    description:
      "May be read at any time: intervals are always valid, the fixed-horizon ones stand beside them. Customers count from their first exposure, once the metric's window after it has passed. Nothing is compared before there are 20 events in each arm (50 buyers for a mean).",
    request: { params: experimentParametersSchema },
    responses: jsonAnswer("Arms, comparisons and the stopping rule's verdict", experimentResultsSchema),
  }),
  async (c) => c.json(await readResults(c.var.services, c.req.valid("param").id), 200),
)

export const recordExposures = endpoint(
  createRoute({
    ...access({ permission: "exposures:send", audit: "fact" }),
    tags,
    path: `${path}/exposures`,
    method: "post",
    operationId: "recordExposures",
    summary: "Record exposures to arms assigned elsewhere",
    description:
      "Of each customer and arm the earliest exposure counts. Customers of two arms are left out and counted.",
    request: { params: experimentParametersSchema, ...jsonBody(exposuresSchema) },
    responses: jsonAnswer("Number of new and of known exposures", exposuresAnswerSchema),
  }),
  async (c) => c.json(await record(c.var.services, c.req.valid("param").id, c.req.valid("json"), c.var.caller), 200),
)
