import { listModels } from "../actions/releases/list-models.ts"
import type { Services } from "../services.ts"

/** Every release on a line, newest first, with what it was measured to reach. */
export async function releasesTable(services: Pick<Services, "store">): Promise<string> {
  const models = await listModels(services)
  if (models.length === 0) return "there is no release yet; make one with: beforehand train"
  return models
    .map(({ id, createdAt, live, manifest }) =>
      [id, createdAt.slice(0, 16).replace("T", " "), live ? "live" : "    ", measuredText(manifest)].join("  "),
    )
    .join("\n")
}

function measuredText({ metrics }: Record<string, unknown>): string {
  const { all } = (metrics ?? {}) as { all?: Record<string, { ndcg20?: number }> }
  const [served, popularity] = [all?.served?.ndcg20, all?.popularity?.ndcg20]
  if (served === undefined || popularity === undefined) return "not measured"
  return `NDCG@20 ${served.toFixed(4)}, popularity ${popularity.toFixed(4)}`
}
