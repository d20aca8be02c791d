import { Liquid, type Template } from "liquidjs"
import type { FieldError } from "../core/problem.ts"

const maxTemplateLength = 5000
const maxRenderMs = 20
const maxMemory = 200_000

/** Fields a template may name. */
const roots: readonly string[] = ["customer", "offer", "item", "items", "context"]

const noFiles = {
  exists: async () => false,
  existsSync: () => false,
  readFile: async () => "",
  readFileSync: () => "",
  resolve: (_: string, file: string) => file,
  contains: async () => false,
  containsSync: () => false,
}

/** Tags and filters that would read files, leave text unescaped, roll dice or read the clock. */
const unsafeTags = ["include", "render", "layout", "block", "raw"]
const unsafeFilters = ["raw", "sample", "date_to_xmlschema", "date_to_rfc822", "date_to_string", "date_to_long_string"]

const engine = createEngine()

function createEngine(): Liquid {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    outputEscape: "escape",
    parseLimit: maxTemplateLength,
    renderLimit: maxRenderMs,
    memoryLimit: maxMemory,
    timezoneOffset: 0,
    relativeReference: false,
    fs: noFiles,
  })
  for (const tag of unsafeTags) delete liquid.tags[tag]
  for (const filter of unsafeFilters) delete liquid.filters[filter]
  const date = liquid.filters.date
  if (typeof date === "function") {
    liquid.registerFilter("date", function (value: unknown, ...rest: unknown[]) {
      if (value === "now" || value === "today") throw new Error("give date a moment; the time of rendering is not one")
      return date.call(this, value, ...rest)
    })
  }
  return liquid
}

const parsedTemplates = new Map<string, Template[]>()
const keptTemplates = 2000

function parse(template: string): Template[] {
  const known = parsedTemplates.get(template)
  if (known) return known
  const parsed = engine.parse(template)
  if (parsedTemplates.size >= keptTemplates) parsedTemplates.clear()
  parsedTemplates.set(template, parsed)
  return parsed
}

/** Why a text is no template; `undefined` when it is one. Whether its fields will be there is known only when it is rendered. */
export function templateFault(template: string): string | undefined {
  try {
    const unknown = engine.globalVariablesSync(parse(template)).filter((name) => !roots.includes(name))
    return unknown.length === 0 ? undefined : `knows no ${unknown.join(", ")}; there are ${roots.join(", ")}`
  } catch (error) {
    return firstLine(error)
  }
}

/** A template with its fields filled in, variables escaped for HTML; throws where a field or filter is missing or a bound is reached. */
export const renderTemplate = (template: string, fields: Readonly<Record<string, unknown>>): string =>
  engine.renderSync(parse(template), fields)

export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0]!

/** Faults of named templates, each at its JSON pointer below `pointer`. */
export const templateFaults = (templates: Readonly<Record<string, string>>, pointer: string): FieldError[] =>
  Object.entries(templates).flatMap(([name, template]) => {
    const message = templateFault(template)
    return message === undefined
      ? []
      : [{ pointer: `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, message }]
  })
