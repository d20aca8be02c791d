import { type Api, createApi, openToBrowsers } from "./http/api.ts"
import { metrics, ready } from "./http/operations.ts"
import type { Services } from "./services.ts"

const operators = [ready, metrics] as const

/** Every route of the API. */
export function createApp(services: Services): Api {
  const api = createApi(services)
  openToBrowsers(api, services.config.corsOrigins, [...operators])
  api.openapiRoutes(operators)
  return api
}
