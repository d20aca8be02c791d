import type { Services } from "../../services.ts"
import type { ScoredRecords } from "../../store/identity/resolutions.ts"
import { createVectorDeriver } from "../customers/derive-vectors.ts"

/** Creates the function that joins the customers of two records by score; it returns false where they are to stay two. */
export const joinByScore =
  ({ store, live, clock }: Pick<Services, "store" | "live" | "clock">) =>
  (pair: ScoredRecords): Promise<boolean> =>
    store.resolutions.join(pair, { nowMs: clock(), deriveVector: createVectorDeriver(live.current()) })
