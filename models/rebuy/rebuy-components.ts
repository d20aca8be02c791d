import type { Rebuy } from "../../src/core/repurchase/rebuy.ts"

/** The model before calibration. */
export type RebuyParts = Pick<Rebuy, "orders" | "again" | "first">
