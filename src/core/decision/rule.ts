import { Environment } from "@marcbachmann/cel-js"
import { z } from "zod"
import { foreignLoopDepth } from "./rule-loops.ts"

/** What rules speak of. What is not known is left out, and whatever depends on it is unknown. */
export interface RuleFacts {
  customer: {
    known: boolean
    stage: string
    orders: number
    openMatter: boolean
    daysSinceOrder?: number
    daysSinceEvent?: number
    traits: Readonly<Record<string, unknown>>
    consents: Readonly<Record<string, boolean>>
  }
  offer: { id: string; kind: string; value: number; cost: number; theme?: string }
  item: {
    id?: string
    price?: number
    margin?: number
    brand?: string
    category?: readonly string[]
    attributes?: Readonly<Record<string, unknown>>
    /** What the customer bought of it, net of returns. */
    bought?: number
    daysSinceTouched?: number
  }
  context: {
    placement: string
    channel: string
    locale?: string
    hour: number
    weekday: number
    given: Readonly<Record<string, unknown>>
  }
}

const limits = { maxAstNodes: 200, maxDepth: 20, maxListElements: 100, maxMapEntries: 10, maxCallArguments: 4 }

/** What rules are run by: the facts as plain maps, because typed ones are copied at every look. */
const runtime = ["customer", "offer", "item", "context"].reduce(
  (environment, variable) => environment.registerVariable(variable, "map"),
  new Environment({ homogeneousAggregateLiterals: false, limits }),
)

/** What rules are checked by. Common Expression Language: it ends, changes nothing, reaches nothing but its facts, and `false && unknown` is false as in Kleene's logic. */
const language = new Environment({
  homogeneousAggregateLiterals: false,
  limits,
})
  .registerVariable("customer", {
    schema: {
      known: "bool",
      stage: "string",
      orders: "double",
      openMatter: "bool",
      daysSinceOrder: "double",
      daysSinceEvent: "double",
      traits: "map",
      consents: "map<string, bool>",
    },
  })
  .registerVariable("offer", {
    schema: { id: "string", kind: "string", value: "double", cost: "double", theme: "string" },
  })
  .registerVariable("item", {
    schema: {
      id: "string",
      price: "double",
      margin: "double",
      brand: "string",
      category: "list<string>",
      attributes: "map",
      bought: "double",
      daysSinceTouched: "double",
    },
  })
  .registerVariable("context", {
    schema: {
      placement: "string",
      channel: "string",
      locale: "string",
      hour: "double",
      weekday: "double",
      given: "map",
    },
  })

type Verdict = boolean | "unknown"

interface Compiled {
  run: (facts: RuleFacts) => unknown
  /** Whether it is the same for all candidates of a decision. */
  isShared: boolean
}

const compiledRules = new Map<string, Compiled>()
const keptRules = 2000
/** Verdicts of shared rules, by the moment of the facts, which all candidates of a decision have in common. */
const sharedVerdicts = new WeakMap<RuleFacts["context"], Map<Compiled, Verdict>>()

/** `true`, `false`, or `unknown` where it depends on something not known. */
export function judge(rule: string, facts: RuleFacts): Verdict {
  const compiled = compile(rule)
  if (!compiled.isShared) return verdictOf(compiled, facts)
  const verdicts = sharedVerdicts.get(facts.context) ?? new Map<Compiled, Verdict>()
  sharedVerdicts.set(facts.context, verdicts)
  const verdict = verdicts.get(compiled) ?? verdictOf(compiled, facts)
  verdicts.set(compiled, verdict)
  return verdict
}

function verdictOf({ run }: Compiled, facts: RuleFacts): Verdict {
  try {
    const result = run(facts)
    return typeof result === "boolean" ? result : "unknown"
  } catch {
    return "unknown"
  }
}

function compile(rule: string): Compiled {
  const known = compiledRules.get(rule)
  if (known) return known
  const compiled = compileAnew(rule)
  if (compiledRules.size >= keptRules) compiledRules.clear()
  compiledRules.set(rule, compiled)
  return compiled
}

function compileAnew(rule: string): Compiled {
  try {
    const parsed = runtime.parse(rule)
    if (foreignLoopDepth(parsed.ast) > 1) return { run: () => "unknown", isShared: true }
    return { run: (facts) => parsed(facts), isShared: !names(parsed.ast, ["offer", "item"]) }
  } catch {
    return { run: () => "unknown", isShared: true }
  }
}

/** Whether a parsed rule speaks of any of these variables. */
function names(node: unknown, variables: readonly string[]): boolean {
  if (Array.isArray(node)) return node.some((part) => names(part, variables))
  if (typeof node !== "object" || node === null || !("op" in node && "args" in node)) return false
  return (node.op === "id" && variables.includes(String(node.args))) || names(node.args, variables)
}

/** Why a text is no rule; `undefined` when it is one. */
export function ruleFault(rule: string): string | undefined {
  // A regular expression takes time without bound on a text somebody else wrote.
  if (/\bmatches\b/.test(rule)) return "matches is not part of the language here; use startsWith, endsWith or contains"
  const { valid, type, error } = language.check(rule)
  if (!valid) {
    const fault = (error?.message ?? "is no expression").split("\n")[0]!
    return /double|int/.test(fault) ? `${fault}; write numbers with a point, such as 3.0` : fault
  }
  if (foreignLoopDepth(runtime.parse(rule).ast) > 1)
    return "of nested loops (all, exists, exists_one, map, filter) only one may go over traits or context"
  return type === "bool" || type === "dyn" ? undefined : `is a ${type}, not true or false`
}

export const ruleSchema = z
  .string()
  .min(1)
  .max(500)
  .superRefine((rule, context) => {
    const fault = ruleFault(rule)
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault })
  })
  .meta({
    description: "A condition in Common Expression Language over customer, offer, item and context.",
    example: 'customer.orders > 2.0 && "skin" in item.category',
  })
