import type { EChartsOption } from "echarts"

/** Plots as SVG, one an option; none without the echarts package. Sizes are in pixels. */
export async function renderPlots(
  options: readonly EChartsOption[],
  size = { width: 760, height: 340 },
): Promise<string[]> {
  try {
    const { init } = await import("echarts")
    return options.map((option) => {
      const chart = init(null, null, { renderer: "svg", ssr: true, ...size })
      chart.setOption({ animation: false, ...option })
      const svg = chart.renderToSVGString()
      chart.dispose()
      return svg
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error
    return []
  }
}
