const noNul = "^[^\\u0000]*$"

/** A JSON schema, or a document of many, whose free text says that it holds no NUL: PostgreSQL stores none. */
export function withStorableStrings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withStorableStrings)
  if (typeof value !== "object" || value === null) return value
  const parts = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withStorableStrings(part)]))
  return isFreeText(parts) ? { ...parts, pattern: noNul } : parts
}

const isFreeText = ({ type, ...says }: Record<string, unknown>): boolean =>
  [type].flat().includes("string") && !["pattern", "format", "enum", "const"].some((name) => says[name] !== undefined)
