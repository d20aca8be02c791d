/** Names in a PromQL expression: metrics, each with the labels that are matched on it, and the labels of groupings. */
export interface NamedInQuery {
  labelsByMetric: Map<string, Set<string>>
  grouping: Set<string>
}

const keywords = new Set(["and", "or", "unless", "bool", "offset"])
const text = /"(?:[^"\\]|\\.)*"/g
const range = /\[[^\]]*\]/g
const groupings = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g
const selectors = /([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}/g
const metrics = /(?<![\w:])[a-zA-Z_:][\w:]*(?![\w:]|\s*\()/g
const labels = /[a-zA-Z_]\w*/g

/** Returns the names in a valid expression; it does not check the grammar. */
export function namedInQuery(expression: string): NamedInQuery {
  const labelsByMetric = new Map<string, Set<string>>()
  const grouping = new Set<string>()
  const note = (metric: string, matched: readonly string[]) =>
    labelsByMetric.set(metric, new Set([...(labelsByMetric.get(metric) ?? []), ...matched]))
  const rest = expression
    .replaceAll(text, "")
    .replaceAll(range, "")
    .replaceAll(groupings, (_, listed: string) => {
      for (const label of listed.match(labels) ?? []) grouping.add(label)
      return ""
    })
    .replaceAll(selectors, (_, metric: string, matchers: string) => {
      note(metric, matchers.match(labels) ?? [])
      return ""
    })
  for (const metric of rest.match(metrics) ?? []) if (!keywords.has(metric)) note(metric, [])
  return { labelsByMetric, grouping }
}
