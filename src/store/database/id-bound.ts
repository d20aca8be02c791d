/** The least UUID of version 7 made at or after a moment: what divides rows whose id begins with their time. */
export function idBound(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0")
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

/** The moment a UUID of version 7 begins with, milliseconds since the epoch. */
export const timeOfId = (id: string): number => Number.parseInt(id.slice(0, 13).replace("-", ""), 16)
