interface JsonSchema {
  $ref?: string
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
}

/** Returns the keys that an OpenAPI schema names and none of the values has, as paths. */
export function unusedKeys(
  components: Readonly<Record<string, JsonSchema>>,
  schema: JsonSchema,
  values: readonly unknown[],
): string[] {
  const target = schema.$ref === undefined ? schema : components[schema.$ref.split("/").at(-1)!]!
  const alternatives = [target.anyOf, target.oneOf, target.allOf].flatMap((list) => list ?? [])
  const objects = values.filter((value) => typeof value === "object" && value !== null && !Array.isArray(value))
  const own = Object.entries(target.properties ?? {}).flatMap(([key, inner]) => {
    const held = objects.filter((value) => Object.hasOwn(value as object, key))
    if (held.length === 0) return [key]
    const inside = held.map((value) => (value as Record<string, unknown>)[key])
    return unusedKeys(components, inner, inside).map((path) => `${key}.${path}`)
  })
  const elements = values.filter(Array.isArray).flat()
  const ofElements = target.items ? unusedKeys(components, target.items, elements).map((path) => `[].${path}`) : []
  return [...own, ...ofElements, ...alternatives.flatMap((one) => unusedKeys(components, one, values))]
}
