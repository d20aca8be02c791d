import { z } from "zod"
import { type ArtifactContent, metadataNumber, tensorValues } from "../artifact/artifact.ts"
import { itemIndex, readItems, writeItems } from "../artifact/item-index.ts"
import { ApiError } from "../problem/problem.ts"
import { readTrees, treesMetadata, treesTensors } from "./boosted-trees.ts"
import type { Rebuy } from "./rebuy.ts"
import { customerColumns, firstTimeColumns, pairWidth, rebuyFeaturesVersion } from "./rebuy-features.ts"
import { statisticColumns } from "./repurchase-statistics.ts"

const calibratorSchema = z.object({
  method: z.enum(["platt", "beta"]),
  a: z.number(),
  b: z.number(),
  c: z.number(),
})
const calibratorsSchema = z.object({ orders: calibratorSchema, again: calibratorSchema, first: calibratorSchema })

/** Writes the model as tensors and text; what it was measured by goes to the release's manifest. */
export const writeRebuy = ({
  horizonMs,
  items,
  statistics,
  orders,
  again,
  first,
  calibrators,
}: Rebuy): ArtifactContent => ({
  metadata: {
    model: "rebuy",
    featuresVersion: rebuyFeaturesVersion,
    items: writeItems(items),
    horizonMs: String(horizonMs),
    calibrators: JSON.stringify(calibrators),
    ...treesMetadata("orders", orders),
    ...treesMetadata("again", again),
  },
  tensors: {
    statistics: { dtype: "F32", shape: [items.ids.length + 1, statisticColumns.length], data: statistics },
    first: { dtype: "F64", shape: [first.length], data: first },
    ...treesTensors("orders", orders),
    ...treesTensors("again", again),
  },
})

/** Reads what `writeRebuy` wrote; `null` if it was learnt from other features than this code computes; throws `incompatibleArtifact` where something is missing. */
export function readRebuy(content: ArtifactContent): Rebuy | null {
  if (content.metadata.featuresVersion !== rebuyFeaturesVersion) return null
  const items = itemIndex(readItems(content))
  return {
    horizonMs: metadataNumber(content, "horizonMs"),
    items,
    statistics: tensorValues(content, "statistics", "F32", [items.ids.length + 1, statisticColumns.length]),
    orders: readTrees(content, "orders", customerColumns.length),
    again: readTrees(content, "again", pairWidth),
    first: tensorValues(content, "first", "F64", [firstTimeColumns.length + 1]),
    calibrators: readCalibrators(content),
  }
}

function readCalibrators({ metadata }: ArtifactContent): Rebuy["calibrators"] {
  try {
    return calibratorsSchema.parse(JSON.parse(metadata.calibrators ?? ""))
  } catch {
    throw new ApiError("incompatibleArtifact", "write the metadata entry calibrators as JSON: orders, again, first")
  }
}
