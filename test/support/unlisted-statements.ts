import { subscribe } from "node:diagnostics_channel"
import { readdirSync, readFileSync } from "node:fs"
import { faultsOf, normalizeStatement } from "./customer-statements.ts"
import { reasonFor } from "./statements-of-many.ts"

/** Statements that the store of this process sent, that concern many customers and are not listed. */
const unlisted = new Map<string, readonly string[]>()
const seen = new Set<string>()

const migrations = readdirSync("drizzle")
  .filter((name) => name.endsWith(".sql"))
  .map((name) => normalizeStatement(readFileSync(`drizzle/${name}`, "utf8")))

subscribe("beforehand:statements", (message) => {
  const text = message as string
  if (seen.has(text)) return
  seen.add(text)
  const faults = faultsOf(text)
  if (faults.length === 0 || reasonFor(text) !== undefined) return
  const normalized = normalizeStatement(text)
  if (!migrations.some((migration) => migration.includes(normalized))) unlisted.set(text, faults)
})

/** Returns what was sent since the last call that is not listed, each with its faults. */
export function takeUnlisted(): string[] {
  const found = [...unlisted].map(([text, faults]) => `${faults.join(", ")}: ${normalizeStatement(text)}`)
  unlisted.clear()
  return found
}
