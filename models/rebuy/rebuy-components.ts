import type { Rebuy } from "../../src/core/repurchase/rebuy.ts"

/** The model before calibration. */
export type RebuyComponents = Pick<Rebuy, "orders" | "again" | "first">
