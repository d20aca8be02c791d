import type { History } from "../history/history.ts"
import { confidencesOf } from "./confidences.ts"
import { foldIn } from "./factors.ts"
import type { TasteModels } from "./taste-models.ts"

/** The customer's row in the release's factor space; depends on the history and the release alone. */
export const foldVector = (history: History, { factors, items, confidence }: TasteModels): Float32Array =>
  foldIn(factors, confidencesOf(history, items, confidence))
