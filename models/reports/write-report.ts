import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { EChartsOption } from "echarts"
import { repeatPolicies } from "../../src/core/preference/scorers.ts"
import { evaluationQuestions } from "../data/evaluation-cases.ts"
import { ablationSteps } from "../learn/learn.ts"
import type { SearchStep } from "../search/model-search.ts"
import type { Lead } from "../search/validation.ts"
import { renderPlots } from "./render-plots.ts"
import { contenders, type EvaluationReport } from "./report.ts"

interface Measured {
  report: EvaluationReport
  steps: readonly SearchStep[]
}

/** Writes the page `evaluation-<id>.html` into a folder and returns its path; without the echarts package it has tables only. */
export async function writeReport(folder: string, id: string, measured: Measured): Promise<string> {
  const path = join(folder, `evaluation-${id}.html`)
  await mkdir(folder, { recursive: true })
  await writeFile(path, pageOf(measured, await renderPlots(plotsOf(measured))))
  return path
}

const plotsOf = ({ report, steps }: Measured): EChartsOption[] => [
  ...evaluationQuestions.map((question) => metricPlot(report, question)),
  searchPlot(steps.filter(({ model }) => !isAblation(model))),
  ...steps.filter(({ model }) => isAblation(model)).map((step) => gainPlot(step, steps)),
]

const isAblation = (model: string): boolean => repeatPolicies.some((repeats) => ablationSteps[repeats] === model)

/** Plots the blend's loss without each scorer, beside its quality with all of them. */
function gainPlot({ model, trials }: SearchStep, steps: readonly SearchStep[]): EChartsOption {
  const whole = steps.find((step) => step.model === model.replace(" ablation", ""))
  const reached = Math.max(0, ...(whole?.trials ?? []).map(({ quality }) => quality))
  const losses = trials
    .map(({ changed, quality }) => ({ scorer: String(changed.ablated), loss: Number((reached - quality).toFixed(4)) }))
    .sort((a, b) => b.loss - a.loss)
  return {
    title: { text: `Ablation: loss of NDCG@20 from ${reached.toFixed(4)} (${model})` },
    xAxis: { type: "category", data: losses.map(({ scorer }) => scorer) },
    yAxis: { type: "value" },
    series: [{ type: "bar", data: losses.map(({ loss }) => loss) }],
  }
}

const plotted = ["recall10", "recall20", "ndcg10", "ndcg20", "mrr"] as const

function metricPlot({ metrics }: EvaluationReport, question: (typeof evaluationQuestions)[number]): EChartsOption {
  return {
    title: { text: titles[question] },
    legend: { bottom: 0 },
    xAxis: { type: "category", data: [...plotted] },
    yAxis: { type: "value" },
    series: contenders.map((contender) => ({
      name: contender,
      type: "bar",
      data: plotted.map((metric) => Number(metrics[question][contender][metric].toFixed(4))),
    })),
  }
}

function searchPlot(steps: readonly SearchStep[]): EChartsOption {
  const trials = steps.flatMap(({ model, trials }) => trials.map(({ quality }) => ({ model, quality })))
  return {
    title: { text: "Search trials: NDCG@20 on validation" },
    legend: { bottom: 0 },
    xAxis: { type: "category", data: trials.map((_, n) => String(n + 1)) },
    yAxis: { type: "value" },
    series: steps.map(({ model }) => ({
      name: model,
      type: "scatter",
      data: trials.map((trial) => (trial.model === model ? Number(trial.quality.toFixed(4)) : "-")),
    })),
  }
}

const titles = {
  all: "All purchases in the horizon, repeats allowed",
  firstTime: "First purchases of an item; items bought before are excluded",
} as const

function pageOf({ report, steps }: Measured, plots: readonly string[]): string {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  const tables = evaluationQuestions.map((question) => `<h2>${titles[question]}</h2>${tableOf(report, question)}`)
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Evaluation ${day(report.cut)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ddd}
td:first-child,th:first-child{text-align:left}</style>
<h1>Trained on events before ${day(report.cut)}, evaluated until ${day(report.until)}</h1>
<p>${report.customers.all} customers bought in the window, ${report.coldStarts} of them unknown before; every answer ranks the
full catalogue of ${report.items} items. Means over customers; ± is the standard error of the mean.</p>
${tables.join("\n")}
<h2>Certainty of the choices</h2>
<p>For each model: the queries and customers behind the choice, and its lead in NDCG@20 over the start of the search and over the second
best, with 95 % intervals by customer. A search picks the best of several trials, so leads are slightly optimistic.</p>
${choicesTable(steps)}
${plots.join("\n")}
</html>
`
}

function choicesTable(steps: readonly SearchStep[]): string {
  const lead = (found: Lead | null | undefined) =>
    found ? `${found.mean.toFixed(4)} (${found.low.toFixed(4)} to ${found.high.toFixed(4)})` : ""
  const rows = steps
    .filter(({ model }) => !isAblation(model))
    .map(({ model, trials, queries, customers, leads }) => {
      const cells = [trials.length, queries ?? "", customers ?? "", lead(leads?.start), lead(leads?.runnerUp)]
      return `<tr><td>${model}</td>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`
    })
  const heads = ["", "trials", "queries", "customers", "lead over the start", "lead over the second best"]
  return `<table><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr>${rows.join("")}</table>`
}

function tableOf(
  { metrics, leads, customers }: EvaluationReport,
  question: (typeof evaluationQuestions)[number],
): string {
  const rows = contenders.map((contender) => {
    const { recall10, recall20, ndcg10, ndcg20, ndcg20Error, mrr, hitRate20, coverage20 } = metrics[question][contender]
    const lead = contender === "served" ? "" : signed(leads[question][contender])
    const cells = [recall10, recall20, ndcg10].map((value) => value.toFixed(4))
    const rest = [mrr, hitRate20, coverage20].map((value) => value.toFixed(4))
    return `<tr><td>${contender}</td>${[...cells, `${ndcg20.toFixed(4)} ± ${ndcg20Error.toFixed(4)}`, ...rest, lead]
      .map((cell) => `<td>${cell}</td>`)
      .join("")}</tr>`
  })
  const heads = [
    "",
    "Recall@10",
    "Recall@20",
    "NDCG@10",
    "NDCG@20",
    "MRR",
    "hit rate@20",
    "coverage@20",
    "served leads by",
  ]
  return `<p>${customers[question]} customers</p><table><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr>${rows.join("")}</table>`
}

const signed = ({ mean, error }: { mean: number; error: number }) =>
  `${mean >= 0 ? "+" : ""}${mean.toFixed(4)} ± ${error.toFixed(4)}`
