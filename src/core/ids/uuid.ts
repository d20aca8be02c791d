import { z } from "zod"

/** Path parameters of a route about one thing. */
export const idParamsSchema = z.strictObject({ id: z.uuid() })

/** The least of all ids, which none has. */
export const lowestId = "00000000-0000-0000-0000-000000000000"

/** Writes the version and the variant into 16 bytes and returns them as the text of a UUID (RFC 9562). */
export function stampUuid(bytes: Buffer, version: 7 | 8): string {
  bytes[6] = (version << 4) | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytes.toString("hex")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Returns the least UUID of version 7 made at or after a moment: what divides rows whose id begins with their time. */
export function idBound(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0")
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

/** Returns the moment a UUID of version 7 begins with, milliseconds since the epoch. */
export const timeOfId = (id: string): number => Number.parseInt(id.slice(0, 13).replace("-", ""), 16)
