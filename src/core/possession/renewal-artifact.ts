import { type ArtifactContent, metadataNumber, tensorValues } from "../artifact/artifact.ts"
import { itemIndex, readItems, writeItems } from "../artifact/item-index.ts"
import { ApiError } from "../problem/problem.ts"
import { parseJson } from "../schema/parse-json.ts"
import { timeFactors } from "./recurrence.ts"
import type { Renewal } from "./renewal.ts"

const numbers = ["amountPower", "paceWeight", "orderIntervalDays"] as const

/** Writes renewal times as tensors and text. */
export const writeRenewal = (renewal: Renewal): ArtifactContent => ({
  metadata: {
    model: "renewal",
    items: writeItems(renewal.items),
    categories: JSON.stringify(renewal.categories),
    itemShape: String(renewal.shapes.item),
    categoryShape: String(renewal.shapes.category),
    ...Object.fromEntries(numbers.map((name) => [name, String(renewal[name])])),
  },
  tensors: {
    itemTimes: { dtype: "F64", shape: [renewal.items.ids.length, 2], data: renewal.itemTimes },
    categoryOf: { dtype: "I32", shape: [renewal.items.ids.length], data: renewal.categoryOf },
    categoryTimes: { dtype: "F64", shape: [renewal.categories.length, 3], data: renewal.categoryTimes },
    casualPerDay: { dtype: "F64", shape: [renewal.categories.length], data: renewal.casualPerDay },
    timeFactorShares: { dtype: "F64", shape: [timeFactors.length], data: renewal.timeFactorShares },
    categoryAmounts: { dtype: "F64", shape: [renewal.categories.length], data: renewal.categoryAmounts },
  },
})

/** Reads what `writeRenewal` wrote; throws `incompatibleArtifact` where something is missing. */
export function readRenewal(content: ArtifactContent): Renewal {
  const items = itemIndex(readItems(content))
  const categories = readCategories(content)
  const categoryOf = tensorValues(content, "categoryOf", "I32", [items.ids.length])
  if (categoryOf.some((row) => row < 0 || row >= categories.length)) {
    throw new ApiError("incompatibleArtifact", "write the tensor categoryOf as rows of the metadata entry categories")
  }
  return {
    items,
    itemTimes: tensorValues(content, "itemTimes", "F64", [items.ids.length, 2]),
    categoryOf,
    categories,
    categoryTimes: tensorValues(content, "categoryTimes", "F64", [categories.length, 3]),
    ...readRecurrence(content, categories.length),
    categoryAmounts: tensorValues(content, "categoryAmounts", "F64", [categories.length]),
    shapes: { item: metadataNumber(content, "itemShape"), category: metadataNumber(content, "categoryShape") },
    amountPower: metadataNumber(content, "amountPower"),
    paceWeight: metadataNumber(content, "paceWeight"),
    orderIntervalDays: metadataNumber(content, "orderIntervalDays"),
  }
}

/** Reads purchases that no need gave rise to; artifacts without them took every repeat for a need of the usual times. */
function readRecurrence(
  content: ArtifactContent,
  categories: number,
): Pick<Renewal, "casualPerDay" | "timeFactorShares"> {
  if (!("casualPerDay" in content.tensors))
    return { casualPerDay: new Float64Array(categories), timeFactorShares: Float64Array.of(0, 1, 0) }
  return {
    casualPerDay: tensorValues(content, "casualPerDay", "F64", [categories]),
    timeFactorShares: tensorValues(content, "timeFactorShares", "F64", [timeFactors.length]),
  }
}

function readCategories({ metadata }: ArtifactContent): string[] {
  const categories: unknown = parseJson(metadata.categories ?? "")
  if (!Array.isArray(categories) || categories[0] !== "" || !categories.every((key) => typeof key === "string")) {
    throw new ApiError("incompatibleArtifact", 'write the metadata entry categories as a JSON array of keys, "" first')
  }
  return categories
}
