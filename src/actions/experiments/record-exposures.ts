import type { Caller } from "../../core/access/scope.ts"
import type { ExposuresRequest } from "../../core/experiment/exposure-schema.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { parseReportedTime } from "../../core/time/reported-time.ts"
import type { Services } from "../../services.ts"
import type { Exposure } from "../../store/experiments/experiments.ts"
import { findCustomer } from "../customers/find-customer.ts"
import { noExperiment } from "./read-experiments.ts"

type Tools = Pick<Services, "store" | "clock" | "settings" | "sharedIdentifiers">

/** Records exposures to arms that were assigned elsewhere; the first of each customer and arm counts. */
export async function recordExposures(
  services: Tools,
  id: string,
  { exposures }: ExposuresRequest,
  caller: Caller,
): Promise<{ recorded: number; known: number }> {
  const experiment = await services.store.experiments.read(id)
  if (experiment === null) throw noExperiment(id)
  if (experiment.design.placement !== undefined)
    throw new ApiError("conflict", "this experiment assigns its arms itself, where decisions are asked for")
  if (experiment.stoppedAt !== null) throw new ApiError("conflict", "this experiment was stopped")
  const arms = new Set(experiment.design.arms.map(({ id: arm }) => arm))
  const nowMs = services.clock()
  const rows: Exposure[] = []
  for (const [n, { customer, arm, at }] of exposures.entries()) {
    if (!arms.has(arm)) {
      const message = `is none of ${[...arms].join(", ")}`
      throw new ApiError("invalidRequest", `correct the arm ${arm}`, {
        errors: [{ pointer: `/exposures/${n}/arm`, message }],
      })
    }
    const { customerId, known } = await findCustomer(services, customer, caller)
    rows.push({ customerId, customerKnown: known, arm, at: parseReportedTime(at, nowMs) })
  }
  const recorded = await services.store.experiments.expose(id, rows)
  return { recorded, known: rows.length - recorded }
}
