import { randomFillSync } from "node:crypto"
import { stampUuid } from "../core/ids/uuid.ts"

const idBytes = 16
/** Random bytes for many ids at once: asking for sixteen costs as much as asking for thousands. */
const pool = Buffer.alloc(256 * idBytes)
let taken = pool.length

/** A UUID of version 7 (RFC 9562): milliseconds first, so that ids made later sort later, then 74 random bits. */
export function newId(): string {
  if (taken === pool.length) {
    randomFillSync(pool)
    taken = 0
  }
  const bytes = pool.subarray(taken, taken + idBytes)
  taken += idBytes
  bytes.writeUIntBE(Date.now(), 0, 6)
  return stampUuid(bytes, 7)
}
