/** One answered request of a run, as the fuzzer reports it. */
export interface Exchange {
  /** `POST /v1/recommend`. */
  operation: string
  /** True if it was made to fit the document. */
  fits: boolean
  status: number
  body: string
}

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null

/** Reads an OpenAPI document: whether it says, in words at the place in question, why a request that fits its schemas is refused. */
export function createExplainer(document: Json): (exchange: Exchange) => boolean {
  const resolve = (schema: unknown): Json => {
    if (!isObject(schema)) return {}
    if (typeof schema.$ref !== "string") return schema
    const steps = schema.$ref.slice(2).split("/")
    return resolve(steps.reduce<unknown>((part, step) => (isObject(part) ? part[step] : undefined), document))
  }
  const variants = (schema: unknown): Json[] => {
    const own = resolve(schema)
    const parts = ["anyOf", "oneOf", "allOf"].flatMap((name) => (Array.isArray(own[name]) ? own[name] : []))
    return [own, ...parts.flatMap(variants)]
  }
  const inner = (schema: Json, step: string): unknown[] => {
    const { properties, items, additionalProperties } = schema
    const named = isObject(properties) ? properties[step] : undefined
    return [named ?? additionalProperties, items].filter(isObject)
  }
  /** True if any schema on the way down the steps has a constraint in words. */
  const saysSo = (schema: unknown, [step, ...rest]: readonly string[]): boolean =>
    variants(schema).some(
      (one) =>
        typeof one["x-constraint"] === "string" ||
        (step !== undefined && inner(one, step).some((part) => saysSo(part, rest))),
    )

  /** True if any schema at all has one. */
  const saysAnything = (schema: unknown, above: readonly unknown[] = []): boolean =>
    variants(schema).some(
      (one) =>
        !above.includes(one) &&
        (typeof one["x-constraint"] === "string" ||
          [...Object.values(one.properties ?? {}), one.items]
            .filter(isObject)
            .some((part) => saysAnything(part, [...above, one]))),
    )

  return ({ operation, body }) => {
    const [method = "", path = ""] = operation.split(" ")
    const paths = document.paths as Record<string, Record<string, Json>>
    const about = paths[path]?.[method.toLowerCase()]
    if (about === undefined) return false
    const parameters = (about.parameters ?? []) as Json[]
    const schemas = Object.values(resolve(resolve(about.requestBody).content)).map((content) => resolve(content).schema)
    const { errors, code } = JSON.parse(body) as { code?: string; errors?: { pointer: string }[] }
    if (code !== "invalidRequest") return false
    if (errors === undefined || errors.length === 0)
      return [...parameters.map(({ schema }) => schema), ...schemas].some((schema) => saysAnything(schema))
    return errors.every(({ pointer }) =>
      pointer === "" || pointer.startsWith("/")
        ? schemas.some((schema) => saysSo(schema, pointer.split("/").slice(1)))
        : parameters.some(({ name, schema }) => name === pointer && saysSo(schema, [])),
    )
  }
}
