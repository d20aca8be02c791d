import { ApiError } from "../problem/problem.ts"
import { parseJson } from "../schema/parse-json.ts"
import type { ArtifactContent } from "./artifact.ts"

/** The items a release knows, in ascending order of ids; a model's row `i` is `ids[i]`. */
export interface ItemIndex {
  ids: readonly string[]
  indexOf: ReadonlyMap<string, number>
}

const byCodeUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Gives each distinct id a row, in ascending order of ids, so that ties broken by row are broken by id. */
export function itemIndex(ids: Iterable<string>): ItemIndex {
  const sorted = [...new Set(ids)].sort(byCodeUnits)
  return { ids: sorted, indexOf: new Map(sorted.map((id, row) => [id, row])) }
}

/** The items of no release. */
export const noItems: ItemIndex = itemIndex([])

/** The ids an artifact says its rows follow, in its own order; throws `incompatibleArtifact` when it names none. */
export function readItems({ metadata }: ArtifactContent): string[] {
  const items: unknown = parseJson(metadata.items ?? "")
  if (!Array.isArray(items) || !items.every((id) => typeof id === "string") || new Set(items).size !== items.length) {
    throw new ApiError(
      "incompatibleArtifact",
      "write the metadata entry items: a JSON array of distinct item ids, one a row",
    )
  }
  return items
}

export const writeItems = ({ ids }: ItemIndex): string => JSON.stringify(ids)
