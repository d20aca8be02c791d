import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export interface Migration {
  /** Its file's name, such as `0025_schema_compatibility`. */
  name: string
  /** Time when it was made, milliseconds since the epoch: what a database records of it. */
  madeAt: number
  statements: readonly string[]
  /** SHA-256 of its file, hexadecimal. */
  hash: string
  /** `null` for migrations from before compatibility was stated. */
  compatibility: Compatibility | null
}

export interface Compatibility {
  /** `expand` adds what older code does not notice; `contract` removes what it needs. */
  kind: "expand" | "contract"
  /** The migration that the oldest code that may serve beside this one knows as its newest. */
  oldestCode: string
  /** True if its statements run one by one outside a transaction; each must then be harmless to repeat. */
  isConcurrent: boolean
}

interface Journal {
  entries: readonly { tag: string; when: number }[]
}

const migrationsFolder = fileURLToPath(new URL("../../../drizzle", import.meta.url))

const compatibilityLine =
  /^-- (Expand|Contract)(, outside a transaction)?: code since (\d{4}_\w+) may serve beside it\.$/m

/** Returns what a migration's file states of the code that may serve beside it; `null` where it states nothing. */
function compatibilityOf(text: string): Compatibility | null {
  const found = compatibilityLine.exec(text)
  if (found === null) return null
  const [, kind, outside, oldestCode] = found
  return { kind: kind === "Expand" ? "expand" : "contract", oldestCode: oldestCode!, isConcurrent: Boolean(outside) }
}

/** Returns the migrations of a folder, in order. */
export function readMigrations(folder = migrationsFolder): Migration[] {
  const { entries } = JSON.parse(readFileSync(join(folder, "meta/_journal.json"), "utf8")) as Journal
  return entries.map(({ tag, when }) => {
    const text = readFileSync(join(folder, `${tag}.sql`), "utf8")
    return {
      name: tag,
      madeAt: when,
      statements: text.split("--> statement-breakpoint"),
      hash: createHash("sha256").update(text).digest("hex"),
      compatibility: compatibilityOf(text),
    }
  })
}

/** Returns when each migration of this version was made, in order, milliseconds since the epoch. */
export const knownMigrations = (): number[] => readMigrations().map(({ madeAt }) => madeAt)
