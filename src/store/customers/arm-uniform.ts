import { createHash } from "node:crypto"

/**
 * Returns a customer's uniform number in [0, 1) for a salt: the first 48 bits of a SHA-256. The id of a customer is derived from the
 * record by which they were first told of, and a join keeps the id of the older, so that their number outlives joins.
 */
export const customerUniform = (customerId: string, salt: string): number =>
  createHash("sha256").update(`${salt}/${customerId}`).digest().readUIntBE(0, 6) / 2 ** 48

/** Returns a customer's uniform number for a quarter. */
export const armUniform = (customerId: string, quarter: string): number => customerUniform(customerId, `arm/${quarter}`)
