import type { Compatibility, Migration } from "../../src/store/database/migrations.ts"

/** Returns a migration that comes after all of this version's, as a newer version would bring it. */
export const plantedMigration = (
  name: string,
  statements: readonly string[],
  compatibility: Partial<Compatibility> | null = {},
): Migration => ({
  name,
  madeAt: 4e12 + Number(name.slice(0, 4)),
  statements,
  hash: name,
  compatibility: compatibility && {
    kind: "expand",
    oldestCode: "0025_schema_compatibility",
    isConcurrent: false,
    ...compatibility,
  },
})
