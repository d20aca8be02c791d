import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { EChartsOption } from "echarts"
import type { PlanMonitoring, PlanReply, PlanSummary } from "../../src/core/plan/plan-schema.ts"
import { renderPlots } from "./render-plots.ts"

/** Writes the page `plan-<id>.html` into a folder and returns its path; without the echarts package it has tables only. */
export async function writePlanReport(folder: string, plan: PlanReply): Promise<string> {
  const path = join(folder, `plan-${plan.id}.html`)
  await mkdir(folder, { recursive: true })
  await writeFile(path, pageOf(plan, await renderPlots(plotsOf(plan))))
  return path
}

const plotsOf = ({ summary, monitoring, request }: PlanReply): EChartsOption[] => [
  ...(summary === null ? [] : [curvePlot(summary, request.promise), exclusionPlot(summary)]),
  ...(monitoring === null || monitoring.calibration.length === 0 ? [] : [calibrationPlot(monitoring)]),
  ...(monitoring === null || monitoring.plan.sends === 0 ? [] : [segmentPlot(monitoring, request.promise)]),
]

const line = (data: [number, number][], name: string, color: string) => ({
  type: "line" as const,
  symbol: "none",
  name,
  data,
  lineStyle: { color, width: 2 },
  itemStyle: { color },
})

/** Plots the expected kept share by volume, with the promise and the choice. */
function curvePlot({ curve, chosen }: PlanSummary, promise: number): EChartsOption {
  const most = curve.at(-1)?.sends ?? 1
  return {
    title: { text: "Expected kept share against volume, the surest first" },
    legend: { bottom: 0 },
    grid: { bottom: 70 },
    xAxis: { type: "value", name: "sends", max: most },
    yAxis: { type: "value", min: 0, max: 1 },
    series: [
      line(
        curve.map(({ sends, keptShare }) => [sends, keptShare]),
        "expected kept share",
        "#124",
      ),
      line(
        [
          [0, promise],
          [most, promise],
        ],
        "promise",
        "#b43",
      ),
      ...(chosen.expectedKeptShare === null
        ? []
        : [
            {
              type: "scatter" as const,
              name: "chosen",
              data: [[chosen.sends, chosen.expectedKeptShare]],
              itemStyle: { color: "#2a7" },
            },
          ]),
    ],
  }
}

const gateColor = "#9ab"

function exclusionPlot({ exclusions }: PlanSummary): EChartsOption {
  const rows = [...exclusions].reverse()
  return {
    title: { text: "Exclusions by reason" },
    legend: { bottom: 0 },
    grid: { left: 120, bottom: 60 },
    xAxis: { type: "value" },
    yAxis: { type: "category", data: rows.map(({ reason }) => reason) },
    series: [
      { type: "bar", name: "customers", data: rows.map(({ customers }) => customers), itemStyle: { color: "#124" } },
      {
        type: "bar",
        name: "customers' items",
        data: rows.map(({ candidates }) => candidates),
        itemStyle: { color: gateColor },
      },
    ],
  }
}

function calibrationPlot({ calibration }: PlanMonitoring): EChartsOption {
  return {
    title: { text: "Calibration: predicted and observed kept share" },
    xAxis: { type: "value", name: "predicted", min: 0, max: 1 },
    yAxis: { type: "value", name: "observed", min: 0, max: 1 },
    series: [
      line(
        [
          [0, 0],
          [1, 1],
        ],
        "perfect calibration",
        gateColor,
      ),
      {
        type: "scatter",
        data: calibration.map(({ predicted, observed, sends }) => [predicted, observed, sends]),
        symbolSize: (value: number[]) => Math.max(6, Math.min(30, Math.sqrt(value[2] ?? 0))),
        itemStyle: { color: "#124" },
      },
    ],
  }
}

function segmentPlot({ plan, segments }: PlanMonitoring, promise: number): EChartsOption {
  const rows = [{ segment: "all", ...plan }, ...segments].filter(({ sends }) => sends > 0).reverse()
  const points = (of: "expectedKeptShare" | "keptShare" | "lowerBound") =>
    rows.map(({ segment, ...read }): [number, string] => [read[of] ?? 0, segment])
  return {
    title: { text: `Kept share, expected share and lower bound by segment (promise ${promise})` },
    legend: { bottom: 0 },
    grid: { left: 120, bottom: 60 },
    xAxis: { type: "value", min: 0, max: 1 },
    yAxis: { type: "category", data: rows.map(({ segment }) => segment) },
    series: [
      { type: "scatter", name: "kept", data: points("keptShare"), itemStyle: { color: "#124" } },
      { type: "scatter", name: "expected", data: points("expectedKeptShare"), itemStyle: { color: gateColor } },
      { type: "scatter", name: "lower bound", data: points("lowerBound"), itemStyle: { color: "#2a7" } },
    ],
  }
}

function pageOf(plan: PlanReply, plots: readonly string[]): string {
  const { name, status, reason, summary, monitoring, request } = plan
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Plan ${escaped(name)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ddd}
td:first-child,th:first-child{text-align:left}</style>
<h1>${escaped(name)}</h1>
${summary?.verdict === undefined ? "" : `<p><strong>${escaped(summary.verdict)}</strong></p>\n`}<p><strong>${status}</strong>${reason === null ? "" : `: ${escaped(reason)}`}. Autonomy level ${request.autonomyLevel}, promise ${request.promise}, least keep probability ${request.minKeepProbability};
budgets ${request.budgets.money} ${escaped(request.currency)} and ${request.budgets.volume} sends.</p>
${summary === null ? "<p>It is being planned.</p>" : summaryHtml(summary, request.currency)}
${sampleHtml(plan)}
${monitoring === null ? "" : monitoringHtml(monitoring, request.currency)}
${plots.join("\n")}
</html>
`
}

function summaryHtml(summary: PlanSummary, currency: string): string {
  const { chosen, holdout, dualPrices, segments, exclusions, notes, items } = summary
  return `${items === undefined ? "" : itemsHtml(items, currency)}<p>${chosen.sends} sends to ${chosen.customers} of ${summary.customers} customers, expected kept share ${share(chosen.expectedKeptShare)},
expected value ${chosen.expectedValue.toFixed(2)} ${escaped(currency)}; at risk ${chosen.moneyAtRisk.toFixed(2)}. Holdout: ${holdout.sends} sends to ${holdout.customers} customers.</p>
${notes.length > 0 ? `<ul>${notes.map((note) => `<li>${escaped(note)}</li>`).join("")}</ul>` : ""}
<p>One more ${escaped(currency)} of budget is worth ${dualPrices.money.toFixed(4)}; one more send ${dualPrices.volume.toFixed(4)}; a send exempt from the promise ${dualPrices.promise.toFixed(4)}.</p>
${
  dualPrices.stock.length > 0
    ? table(
        ["One more of", "is worth"],
        dualPrices.stock.map(({ itemId, price }) => [itemId, price.toFixed(2)]),
      )
    : ""
}
${table(
  ["Excluded by", "customers", "customers' items"],
  exclusions.map(({ reason, customers, candidates }) => [reason, String(customers), String(candidates)]),
)}
${table(
  ["Segment", "sends", "expected kept"],
  segments.map(({ segment, sends, expectedKeptShare }) => [segment, String(sends), share(expectedKeptShare)]),
)}`
}

function itemsHtml({ distinct, prices, most }: NonNullable<PlanSummary["items"]>, currency: string): string {
  const range =
    prices === null
      ? ""
      : `; prices from ${prices.low.toFixed(2)} to ${prices.high.toFixed(2)} ${escaped(currency)}, median ${prices.median.toFixed(2)}`
  return `<h2>Who gets what</h2>
<p>${distinct} different items${range}.</p>
${table(
  ["Item", "price", "sends", "share", "would accept", "would buy anyway", "expected value"],
  most.map((one) => [
    one.title ?? one.itemId,
    one.price?.toFixed(2) ?? "–",
    String(one.sends),
    share(one.share),
    share(one.meanKeepProbability),
    share(one.meanOrganicProbability),
    one.expectedValue.toFixed(2),
  ]),
)}
`
}

function sampleHtml({ sample = [], summary }: PlanReply): string {
  if (sample.length === 0) return ""
  const titles = new Map(summary?.items?.most.map(({ itemId, title }) => [itemId, title]))
  return `<h2>A sample of people</h2>
${table(
  ["Customer", "item", "segment", "would accept", "would buy anyway", "expected value", ""],
  sample.map((send) => [
    send.customerId,
    titles.get(send.itemId) ?? send.itemId,
    send.segment,
    share(send.keepProbability),
    share(send.organicProbability),
    send.expectedValue.toFixed(2),
    send.inHoldout ? "holdout: gets nothing" : "",
  ]),
)}`
}

function monitoringHtml({ at, plan, segments, states, increment }: PlanMonitoring, currency: string): string {
  const rows = [{ segment: "all", ...plan }, ...segments].map((read) => [
    read.segment,
    String(read.sends),
    String(read.customers),
    share(read.expectedKeptShare),
    share(read.keptShare),
    share(read.lowerBound),
    read.halted ? "halted" : "",
  ])
  return `<h2>As of ${at}</h2>
<p>${Object.entries(states)
    .map(([state, count]) => `${count} ${state}`)
    .join(", ")}.</p>
${table(["Segment", "ended", "customers", "expected", "kept", "lower bound", ""], rows)}
<p>${increment === null ? "The increment is not measured yet." : incrementText(increment, currency)}</p>`
}

const verdicts = {
  insufficientData: "no verdict below 400 holdout customers",
  inconclusive: "the interval includes 0",
  positive: "positive",
  negative: "negative",
} as const

function incrementText(increment: NonNullable<PlanMonitoring["increment"]>, currency: string): string {
  const { perCustomer, low, high, expected, sent, holdout, verdict } = increment
  const shown = (value: number | null) => (value === null ? "–" : value.toFixed(2))
  return `Measured increment a customer: ${shown(perCustomer)} ${escaped(currency)} [${shown(low)}, ${shown(high)}], expected ${shown(expected)}; ${sent} sent to, ${holdout} in the holdout: ${verdicts[verdict]}.`
}

const share = (value: number | null) => (value === null ? "–" : `${(value * 100).toFixed(1)} %`)

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  `<table><tr>${head.map((cell) => `<th>${escaped(cell)}</th>`).join("")}</tr>
${rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`).join("\n")}</table>`

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
