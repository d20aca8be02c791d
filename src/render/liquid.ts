import { Liquid, type Template } from "liquidjs"
import type { FieldError } from "../core/problem/problem.ts"
import { pathFault } from "../core/rules/vocabulary.ts"

const maxTemplateLength = 10_000
const maxRenderMs = 20
const maxMemory = 200_000

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
    // What may be missing is asked by `if`, or has a default.
    lenientIf: true,
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
      if (value === "now" || value === "today")
        throw new Error("give the filter date a time: now and today are not available, because content keeps its bytes")
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

/** Properties that Liquid gives to every list and text. */
const ofLists: readonly string[] = ["size", "first", "last"]

/** Returns why a field can never exist, or `undefined`. Traits and context attributes also have short forms: `customer.firstName`, `context.orderId`. */
function fieldFault(path: readonly unknown[]): string | undefined {
  const names = path.filter((part): part is string => typeof part === "string" && !ofLists.includes(part))
  // What is looked up by another field is known only when it is rendered.
  if (names.length < path.filter((part) => typeof part !== "number" && !ofLists.includes(String(part))).length)
    return undefined
  const [root, ...below] = names
  if (root === "items") return below.length === 0 ? undefined : pathFault(["item", ...below])
  if ((root === "customer" || root === "context") && below.length === 1) return undefined
  const fault = pathFault(names)
  return fault?.replace("offer, item, context", "offer, item, items, context")
}

/** Returns why a template could not be rendered, and what to do. */
export function renderFault(error: unknown): string {
  const fault = firstLine(error)
  const missing = /^undefined variable: ([^\s,]+)/.exec(fault)?.[1]
  return missing === undefined
    ? fault
    : `${fault}; where it may be missing write {{ ${missing} | default: "…" }} or {% if ${missing} %}`
}

/** Returns why a text is not a template, or `undefined` when it is one. Missing fields show only when it is rendered. */
export function templateFault(template: string): string | undefined {
  try {
    const faults = engine.globalVariableSegmentsSync(parse(template)).flatMap((path) => fieldFault(path) ?? [])
    return faults.length === 0 ? undefined : faults.join("; ")
  } catch (error) {
    return firstLine(error)
  }
}

/** A template with its fields filled in, variables escaped for HTML; throws where a field or filter is missing or a bound is reached. */
export const renderTemplate = (template: string, fields: Readonly<Record<string, unknown>>): string =>
  engine.renderSync(parse(template), fields)

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0]!

/** Faults of named templates, each at its JSON pointer below `pointer`. */
export const templateFaults = (templates: Readonly<Record<string, string>>, pointer: string): FieldError[] =>
  Object.entries(templates).flatMap(([name, template]) => {
    const message = templateFault(template)
    return message === undefined
      ? []
      : [{ pointer: `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, message }]
  })
