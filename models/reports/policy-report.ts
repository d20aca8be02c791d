import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { EChartsOption } from "echarts"
import type { Estimate } from "../../src/core/measure/estimate.ts"
import type { PolicyEvaluation } from "../../src/core/measure/evaluate-policy.ts"
import { renderPlots } from "./render-plots.ts"

/** Facts on the page about the policy and the log. */
export interface PolicyReportFacts {
  id: string
  /** The candidate's name and version, and which decisions were replayed; times are milliseconds since the epoch. */
  policy: string
  from: number
  until: number
  currency: string
}

/** Writes the page `policy-<id>.html` into a folder and returns its path; without the echarts package it has tables only. */
export async function writePolicyReport(
  folder: string,
  evaluation: PolicyEvaluation,
  facts: PolicyReportFacts,
): Promise<string> {
  const path = join(folder, `policy-${facts.id}.html`)
  await mkdir(folder, { recursive: true })
  await writeFile(path, pageOf(evaluation, facts, await renderPlots(plotsOf(evaluation))))
  return path
}

const estimators = {
  logged: "logging policy, as it was",
  doublyRobust: "candidate, doubly robust",
  snips: "candidate, self-normalised IPS",
  ips: "candidate, IPS",
  directMethod: "candidate, direct method",
} as const

const rowsOf = ({ logged, candidate }: PolicyEvaluation): [string, Estimate][] => [
  [estimators.logged, logged],
  [estimators.doublyRobust, candidate.doublyRobust],
  [estimators.snips, candidate.snips],
  [estimators.ips, candidate.ips],
  [estimators.directMethod, candidate.directMethod],
]

const plotsOf = (evaluation: PolicyEvaluation): EChartsOption[] => [
  intervalPlot("Reward per decision, with 95 % intervals", rowsOf(evaluation)),
  intervalPlot(
    "Gain per decision by segment",
    evaluation.segments.map(({ division, segment, gain }) => [`${division}: ${segment}`, gain]),
  ),
]

/** Points with whiskers: an interval is drawn as an invisible bar up to its low end and a thin one over its length. */
function intervalPlot(title: string, rows: readonly (readonly [string, Estimate])[]): EChartsOption {
  const shown = rows.filter(([, { low, high }]) => Number.isFinite(low) && Number.isFinite(high)).reverse()
  return {
    title: { text: title },
    grid: { left: 220 },
    xAxis: { type: "value", scale: true },
    yAxis: { type: "category", data: shown.map(([name]) => name) },
    series: [
      ...shown.map(([name, { low, high }]) => ({
        type: "line" as const,
        symbol: "none",
        lineStyle: { width: 3, color: "#9ab" },
        data: [
          [low, name],
          [high, name],
        ],
      })),
      { type: "scatter", itemStyle: { color: "#124" }, data: shown.map(([name, { value }]) => [value, name]) },
    ],
  }
}

const verdicts = {
  better: "The candidate is better: the whole interval of the gain lies above 0.",
  worse: "The candidate is worse: the whole interval of the gain lies below 0.",
  undecided: "Undecided: the interval of the gain contains 0. More decisions may decide it.",
  refused: "No verdict: the log does not support this policy.",
} as const

function pageOf(
  evaluation: PolicyEvaluation,
  { policy, from, until, currency }: PolicyReportFacts,
  plots: readonly string[],
): string {
  const { gain, overlap, segments, verdict, refusals } = evaluation
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Policy ${escaped(policy)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ddd}
td:first-child,th:first-child{text-align:left}</style>
<h1>${escaped(policy)}, on decisions of ${day(from)} to ${day(until)}</h1>
<p><strong>${verdicts[verdict]}</strong> Gain per decision ${shownEstimate(gain)} ${escaped(currency)}.</p>
${refusals.length > 0 ? `<ul>${refusals.map((reason) => `<li>${escaped(reason)}</li>`).join("")}</ul>` : ""}
<p>${overlap.decisions} decisions for ${overlap.customers} customers carry as much information as ${Math.floor(overlap.effectiveSampleSize)} of the candidate's own.
Largest weight ${overlap.maxWeight.toFixed(1)}; the heaviest hundredth carries ${percent(overlap.topShare)} of all weight; mean weight
${shownEstimate(overlap.meanWeight)} (1 where the logged probabilities are right); ${percent(overlap.unsupported)} of what it would choose could not have been logged.
Intervals are 95 %, customers being the unit.</p>
<table><tr><th></th><th>per decision</th><th>95 % from</th><th>to</th></tr>
${rowsOf(evaluation)
  .map(([name, estimate]) => rowOf(name, estimate))
  .join("\n")}</table>
<h2>Gain by segment</h2>
<table><tr><th></th><th>gain per decision</th><th>95 % from</th><th>to</th><th>decisions</th><th>customers</th></tr>
${segments.map(({ division, segment, gain: own, decisions, customers }) => rowOf(`${division}: ${segment}`, own, decisions, customers)).join("\n")}</table>
${plots.join("\n")}
</html>
`
}

const rowOf = (name: string, { value, low, high }: Estimate, ...counts: number[]) =>
  `<tr><td>${escaped(name)}</td>${[value, low, high].map((cell) => `<td>${cell.toFixed(4)}</td>`).join("")}${counts
    .map((count) => `<td>${count}</td>`)
    .join("")}</tr>`

const shownEstimate = ({ value, low, high }: Estimate) => `${value.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`
const percent = (share: number) => `${(share * 100).toFixed(1)} %`
const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
