const loops = ["all", "exists", "exists_one", "map", "filter"]
/** Variables that the shop writes, with bounded lists; others may be as long as an outsider makes them. */
const ownVariables = ["item", "offer"]

interface AstNode {
  op: string
  args: unknown
}

const isNode = (value: unknown): value is AstNode =>
  typeof value === "object" && value !== null && "op" in value && "args" in value

/** Returns the deepest nesting of loops over outsiders' data in a parsed rule. */
export function foreignLoopDepth(node: unknown): number {
  if (Array.isArray(node)) return Math.max(0, ...node.map(foreignLoopDepth))
  if (!isNode(node)) return 0
  const loop = loopOf(node)
  if (loop === null) return foreignLoopDepth(node.args)
  const own = isForeign(loop.over) ? 1 : 0
  return Math.max(foreignLoopDepth(loop.over), own + foreignLoopDepth(loop.body))
}

function loopOf({ op, args }: AstNode): { over: unknown; body: unknown } | null {
  if (op !== "rcall" || !Array.isArray(args)) return null
  const [name, over, body] = args as readonly unknown[]
  return loops.includes(String(name)) ? { over, body } : null
}

function isForeign(over: unknown): boolean {
  if (Array.isArray(over)) return over.some(isForeign)
  if (!isNode(over)) return false
  return over.op === "id" ? !ownVariables.includes(String(over.args)) : isForeign(over.args)
}
