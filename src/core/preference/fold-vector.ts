import type { History } from "../history/history.ts"
import type { Release } from "../release/release.ts"
import { confidencesOf } from "./confidences.ts"
import { foldIn } from "./factors.ts"

/** The customer's row in the release's factor space; depends on the history and the release alone. */
export const foldVector = (history: History, { factors, items, confidence }: Release): Float32Array =>
  foldIn(factors, confidencesOf(history, items, confidence))
