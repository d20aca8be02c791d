import { createHash } from "node:crypto"

/**
 * Returns a customer's uniform number in [0, 1) for a quarter: the first 48 bits of a SHA-256. The id of a customer is derived from the
 * record by which they were first told of, and a join keeps the id of the older, so that their number outlives joins.
 */
export const armUniform = (customerId: string, quarter: string): number =>
  createHash("sha256").update(`arm/${quarter}/${customerId}`).digest().readUIntBE(0, 6) / 2 ** 48
