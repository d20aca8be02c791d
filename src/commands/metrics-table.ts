const columns = ["recall10", "recall20", "ndcg10", "ndcg20", "ndcg20Error", "mrr", "coverage20"] as const
/** By question, then by who answers. */
export type Metrics = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<(typeof columns)[number], number>>>>>
>

const titles: Readonly<Record<string, string>> = {
  all: "Everything bought, repeats allowed",
  firstTime: "Bought for the first time, earlier purchases left out",
}

const row = (cells: readonly string[]): string =>
  cells.map((cell, n) => (n ? cell.padStart(12) : cell.padEnd(12))).join("")

/** Formats the metrics of what is served beside its baselines, one table a question. */
export function metricsTable(metrics: Metrics): string {
  const tables = Object.entries(metrics).map(([question, byContender]) => {
    const rows = Object.entries(byContender).map(([contender, measured]) =>
      row([`  ${contender}`, ...columns.map((name) => measured[name].toFixed(4))]),
    )
    return [
      titles[question] ?? question,
      row(["", ...columns.map((name) => (name === "ndcg20Error" ? "±" : name))]),
      ...rows,
    ].join("\n")
  })
  return tables.join("\n\n")
}
