import { randomFillSync } from "node:crypto"

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
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytes.toString("hex")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
