import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { EChartsOption } from "echarts"
import { renderPlots } from "../../models/reports/render-plots.ts"
import type { Figures } from "../summary.ts"
import type { Sample } from "./processes.ts"

interface Reported {
  title: string
  conditions: readonly string[]
  figures: Figures
  samples: readonly Sample[]
}

/** Writes a page with the run's plots and returns its path; without the echarts package it has none. */
export async function writeLoadReport(folder: string, name: string, reported: Reported): Promise<string> {
  const plots = await renderPlots([latencyPlot(reported.figures), spreadPlot(reported.figures), loadPlot(reported)], {
    width: 900,
    height: 360,
  })
  const path = join(folder, `${name}.html`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, pageOf(reported, plots))
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(reported))
  return path
}

const rounded = (value: number) => Math.round(value * 100) / 100
const seconds = { type: "value", name: "seconds" } as const

function latencyPlot({ periods, periodSeconds }: Figures): EChartsOption {
  const at = (n: number) => rounded(n * periodSeconds)
  const line = (name: string, value: (n: number) => number) => ({
    name,
    type: "line" as const,
    showSymbol: false,
    data: periods.flatMap(({ count }, n) => (count > 0 ? [[at(n), rounded(value(n))]] : [])),
  })
  return {
    title: { text: "Milliseconds to the answer, over time" },
    legend: { bottom: 0 },
    xAxis: seconds,
    yAxis: { type: "log", name: "ms" },
    series: [
      ...["50", "95", "99"].map((rank) => line(`p${rank}`, (n) => periods[n]!.quantilesMs[rank] ?? 0)),
      line("max", (n) => periods[n]!.maxMs),
    ],
  }
}

function spreadPlot({ all, reference }: Figures): EChartsOption {
  const curve = ({ quantilesMs }: Figures["all"]) =>
    Object.entries(quantilesMs)
      .map(([rank, ms]) => [rounded(ms), Number(rank)])
      .sort(([, a], [, b]) => a! - b!)
  return {
    title: { text: "Distribution: percent of answers within milliseconds" },
    legend: { bottom: 0 },
    xAxis: { type: "log", name: "ms" },
    yAxis: { type: "value", name: "%", max: 100 },
    series: [
      { name: "answers", type: "line", data: curve(all) },
      { name: "the bare route", type: "line", data: curve(reference) },
    ],
  }
}

function loadPlot({ samples, figures }: Reported): EChartsOption {
  const at = (sample: Sample) => rounded((sample.at - figures.measuredFrom) / 1000)
  const busy = (group: "server" | "postgres" | "k6" | "machine") => ({
    name: group,
    type: "line" as const,
    showSymbol: false,
    data: samples.slice(1).map((sample, n) => {
      const before = samples[n]!
      return [at(sample), rounded(((sample.cpu[group] - before.cpu[group]) * 1000) / (sample.at - before.at))]
    }),
  })
  const memory = samples.map((sample) => [at(sample), rounded(sample.serverRssMB)])
  return {
    title: { text: "Processors kept busy, and the server's memory" },
    legend: { bottom: 0 },
    xAxis: seconds,
    yAxis: [
      { type: "value", name: "processors", axisLine: { onZero: false } },
      { type: "value", name: "MB" },
    ],
    series: [
      ...(["server", "postgres", "k6", "machine"] as const).map(busy),
      { name: "memory", type: "line", showSymbol: false, yAxisIndex: 1, data: memory },
    ],
  }
}

const pageOf = ({ title, conditions }: Reported, plots: readonly string[]) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${title}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}</style>
<h1>${title}</h1>
<ul>${conditions.map((condition) => `<li>${condition}</li>`).join("")}</ul>
${plots.join("\n")}
</html>
`
