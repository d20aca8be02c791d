import { Environment } from "@marcbachmann/cel-js"
import { z } from "zod"
import { constraint } from "../schema/constraint.ts"
import { contradictoryPath } from "./contradictions.ts"
import { foreignLoopDepth } from "./rule-loops.ts"
import { missingName, roots, unknownName, vocabulary } from "./vocabulary.ts"

/** Variables of rules. A missing one makes a rule that depends on it unknown. */
export interface RuleVariables {
  customer: {
    known: boolean
    stage: string
    orders: number
    openCase: boolean
    daysSinceOrder?: number
    daysSinceEvent?: number
    /** Usual days between the customer's orders, shrunk to the shop's; absent where nothing is known of them. */
    usualIntervalDays?: number
    /** Days since the last order, or the last visit of who never ordered, divided by `usualIntervalDays`. */
    silence?: number
    traits: Readonly<Record<string, unknown>>
    consents: Readonly<Record<string, boolean>>
  }
  offer: { id: string; kind: string; title?: string; value: number; cost: number; theme?: string }
  item: {
    id?: string
    title?: string
    price?: number
    currency?: string
    margin?: number
    stock?: number
    brand?: string
    category?: readonly string[]
    url?: string
    image?: string
    validFrom?: string
    validTo?: string
    attributes?: Readonly<Record<string, unknown>>
    /** Purchases of it by the customer, less the share of its units that came back. */
    bought?: number
    /** Days since the latest purchase that was not sent back; absent without one. */
    daysSinceBought?: number
    /** True if it came back and no unit is left with the customer. */
    returned?: boolean
    /** True if it was ordered and its delivery is not known. */
    onItsWay?: boolean
    /** True if it was put into the cart or on the wishlist since the last order. */
    inCart?: boolean
    /** Chance that a need of it has returned since it was last bought; absent where it was not. */
    neededAgain?: number
    daysSinceTouched?: number
  }
  context: {
    placement: string
    channel: string
    locale?: string
    hour: number
    weekday: number
    attributes: Readonly<Record<string, unknown>>
  }
  /** Facts of the trigger that the decision is made for; empty where nothing triggered it. */
  trigger?: Readonly<Record<string, unknown>>
}

const limits = { maxAstNodes: 200, maxDepth: 20, maxListElements: 100, maxMapEntries: 10, maxCallArguments: 4 }

/** Runs rules. Variables are plain maps, because typed ones are copied at each access. */
const runtime = roots.reduce(
  (environment, variable) => environment.registerVariable(variable, "map"),
  new Environment({ homogeneousAggregateLiterals: false, limits }),
)

/** Checks rules. Common Expression Language terminates, changes nothing, reads only its variables, and `false && unknown` is false as in Kleene's logic. */
const language = roots.reduce(
  (environment, root) => environment.registerVariable(root, { schema: { ...vocabulary[root] } }),
  new Environment({ homogeneousAggregateLiterals: false, limits }),
)

type Verdict = boolean | "unknown"

interface Compiled {
  run: (facts: RuleVariables) => unknown
  /** True when the verdict is the same for all candidates of a decision. */
  isShared: boolean
}

const compiledRules = new Map<string, Compiled>()
const keptRules = 2000
/** Verdicts of shared rules, by the moment of the facts, which all candidates of a decision have in common. */
const sharedVerdicts = new WeakMap<RuleVariables["context"], Map<Compiled, Verdict>>()

/** `true`, `false`, or `unknown` where it depends on something not known. */
export function evaluateRule(rule: string, facts: RuleVariables): Verdict {
  const compiled = compile(rule)
  if (!compiled.isShared) return verdictOf(compiled, facts)
  const verdicts = sharedVerdicts.get(facts.context) ?? new Map<Compiled, Verdict>()
  sharedVerdicts.set(facts.context, verdicts)
  const verdict = verdicts.get(compiled) ?? verdictOf(compiled, facts)
  verdicts.set(compiled, verdict)
  return verdict
}

function verdictOf({ run }: Compiled, facts: RuleVariables): Verdict {
  try {
    const result = run(facts)
    return typeof result === "boolean" ? result : "unknown"
  } catch {
    return "unknown"
  }
}

/** Returns why a rule's verdict is unknown: the missing name and how to guard it; "" when no cause is found. */
export function unknownCause(rule: string, facts: RuleVariables): string {
  try {
    compile(rule).run(facts)
    return ""
  } catch (error) {
    const message = firstLineOf(error)
    const missing = missingKey.exec(message)?.[1]
    return missing === undefined ? withNumberHint(message) : missingName(pathIn(rule, missing) ?? missing)
  }
}

const missingKey = /^No such key: (\S+)$/
const unknownVariable = /^Unknown variable: (\S+)$/

const firstLineOf = (error: unknown) => (error instanceof Error ? error.message : "is no expression").split("\n")[0]!

/** The first path of names in a rule that holds a name below its root. */
const pathIn = (rule: string, name: string): string | undefined =>
  (rule.match(/\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+/g) ?? [])
    .map((path) => path.split("."))
    .filter((path) => path.indexOf(name, 1) > 0)
    .map((path) => path.slice(0, path.indexOf(name, 1) + 1).join("."))[0]

const withNumberHint = (fault: string) =>
  /double|int/.test(fault) ? `${fault}; write numbers with a point, such as 3.0` : fault

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

/** Returns whether a parsed rule uses any of these variables. */
function names(node: unknown, variables: readonly string[]): boolean {
  if (Array.isArray(node)) return node.some((part) => names(part, variables))
  if (typeof node !== "object" || node === null || !("op" in node && "args" in node)) return false
  return (node.op === "id" && variables.includes(String(node.args))) || names(node.args, variables)
}

/** Returns why a text is not a rule, or `undefined` when it is one. */
export function ruleFault(rule: string): string | undefined {
  // A regular expression takes time without bound on a text somebody else wrote.
  if (/\bmatches\b/.test(rule)) return "matches is not part of the language here; use startsWith, endsWith or contains"
  const { valid, type, error } = language.check(rule)
  if (!valid) {
    const fault = firstLineOf(error)
    const unknown = unknownVariable.exec(fault)?.[1]
    if (unknown !== undefined) return unknownName(unknown, unknown)
    const key = missingKey.exec(fault)?.[1]
    const [root] = (key === undefined ? undefined : pathIn(rule, key))?.split(".") ?? []
    return key === undefined || root === undefined ? withNumberHint(fault) : unknownName(root, key)
  }
  if (foreignLoopDepth(runtime.parse(rule).ast) > 1)
    return "of nested loops (all, exists, exists_one, map, filter) only one may go over traits or context"
  return type === "bool" || type === "dyn" ? undefined : `is a ${type}, not true or false`
}

/** Returns why a rule that parses can never be true, or `undefined`. */
export function neverTrue(rule: string): string | undefined {
  const path = contradictoryPath(runtime.parse(rule).ast)
  return path && `it is never true: its bounds of \`${path}\` exclude each other`
}

export const ruleSchema = z
  .string()
  .min(1)
  .max(1000)
  .superRefine((rule, context) => {
    const fault = ruleFault(rule)
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault })
  })
  .meta({
    ...constraint(
      "Parses as Common Expression Language of at most 200 nodes and 20 levels, is a condition, and nests at most one loop over traits or context.",
    ),
    description:
      "Condition in Common Expression Language over customer, offer, item, context and trigger; traits are `customer.traits.…`, attributes sent by the caller `context.attributes.…`. Guard what may be unknown: `has(customer.traits.age) && …`.",
    example: 'customer.orders > 2.0 && "skin" in item.category',
  })
