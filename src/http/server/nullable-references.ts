interface Extension {
  type?: unknown
  [keyword: string]: unknown
}

/**
 * Returns an OpenAPI document whose nullable references take `null`: the generator writes each as `allOf` of the reference and a
 * nullable type, which `null` does not fit because it does not fit the reference.
 */
export function withNullableReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNullableReferences)
  if (typeof value !== "object" || value === null) return value
  const parts = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withNullableReferences(part)]))
  const [reference, extension, ...more] = (Array.isArray(parts.allOf) ? parts.allOf : []) as Extension[]
  const isNullable = [extension?.type].flat().includes("null")
  if (reference?.$ref === undefined || extension === undefined || !isNullable || more.length > 0) return parts
  const { allOf: _, ...around } = parts
  const { type: __, ...says } = extension
  return { ...around, ...says, oneOf: [reference, { type: "null" }] }
}
