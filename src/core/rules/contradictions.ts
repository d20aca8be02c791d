interface Node {
  op: string
  args: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "op" in value && "args" in value

interface Bounds {
  low: number
  isLowOpen: boolean
  high: number
  isHighOpen: boolean
}

/** Returns the path whose numeric bounds exclude each other in a rule's conjunction, or `undefined`; the rule is then never true. */
export function contradictoryPath(ast: unknown): string | undefined {
  const known = new Map<string, Bounds>()
  for (const part of conjuncts(ast)) {
    const compared = comparisonOf(part)
    if (compared === undefined) continue
    const { path, op, value } = compared
    const bounds = known.get(path) ?? {
      low: Number.NEGATIVE_INFINITY,
      isLowOpen: false,
      high: Number.POSITIVE_INFINITY,
      isHighOpen: false,
    }
    if (op.startsWith(">") || op === "==") raise(bounds, value, op === ">")
    if (op.startsWith("<") || op === "==") lower(bounds, value, op === "<")
    known.set(path, bounds)
    const { low, high, isLowOpen, isHighOpen } = bounds
    if (low > high || (low === high && (isLowOpen || isHighOpen))) return path
  }
  return undefined
}

function raise(bounds: Bounds, value: number, isOpen: boolean): void {
  if (value > bounds.low) Object.assign(bounds, { low: value, isLowOpen: isOpen })
  else if (value === bounds.low) bounds.isLowOpen ||= isOpen
}

function lower(bounds: Bounds, value: number, isOpen: boolean): void {
  if (value < bounds.high) Object.assign(bounds, { high: value, isHighOpen: isOpen })
  else if (value === bounds.high) bounds.isHighOpen ||= isOpen
}

function conjuncts(node: unknown): unknown[] {
  if (!isNode(node) || node.op !== "&&" || !Array.isArray(node.args)) return [node]
  return node.args.flatMap(conjuncts)
}

const mirrored: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==" }

function comparisonOf(node: unknown): { path: string; op: string; value: number } | undefined {
  if (!isNode(node) || !Object.hasOwn(mirrored, node.op) || !Array.isArray(node.args)) return undefined
  const [left, right] = node.args as readonly unknown[]
  const [path, value] = [pathOf(left), numberOf(right)]
  if (path !== undefined && value !== undefined) return { path, op: node.op, value }
  const [laterPath, firstValue] = [pathOf(right), numberOf(left)]
  return laterPath === undefined || firstValue === undefined
    ? undefined
    : { path: laterPath, op: mirrored[node.op]!, value: firstValue }
}

function numberOf(node: unknown): number | undefined {
  if (!isNode(node)) return undefined
  if (node.op === "value")
    return typeof node.args === "number" || typeof node.args === "bigint" ? Number(node.args) : undefined
  const inner = node.op === "-_" ? numberOf(node.args) : undefined
  return inner === undefined ? undefined : -inner
}

function pathOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined
  if (node.op === "id") return String(node.args)
  if (node.op !== "." || !Array.isArray(node.args)) return undefined
  const root = pathOf(node.args[0])
  return root === undefined ? undefined : `${root}.${String(node.args[1])}`
}
