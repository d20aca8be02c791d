import type { FitOutcomes, LoggedChoice } from "./cross-fit.ts"
import { solvePositive } from "./logistic-regression.ts"

/**
 * Expects rewards as a linear function of an option's columns, fitted by ridge regression on standardised columns (λ = `ridge`, the mean
 * is free). `columnsOf` gives as many numbers for every option; what depends on both customer and offer must be a column of its own.
 */
export const linearOutcomes =
  <Option, Choice extends LoggedChoice<Option>>(
    columnsOf: (choice: Choice, option: number) => ArrayLike<number>,
    ridge = 10,
  ): FitOutcomes<Option, Choice> =>
  (choices) => {
    const rows = choices.map((choice) => columnsOf(choice, choice.chosen))
    const width = rows[0]?.length ?? 0
    const { center, scale } = standards(rows, width)
    const mean = choices.reduce((sum, { reward }) => sum + reward, 0) / Math.max(1, choices.length)
    const square = new Float64Array(width * width)
    const right = new Float64Array(width)
    const x = new Float64Array(width)
    rows.forEach((row, n) => {
      for (let i = 0; i < width; i++) x[i] = (row[i]! - center[i]!) * scale[i]!
      const deviation = choices[n]!.reward - mean
      for (let i = 0; i < width; i++) {
        right[i]! += x[i]! * deviation
        for (let j = 0; j <= i; j++) square[i * width + j]! += x[i]! * x[j]!
      }
    })
    for (let i = 0; i < width; i++) square[i * width + i]! += ridge
    const slopes = solvePositive(square, right)
    return (choice, option) => {
      const row = columnsOf(choice, option)
      let expected = mean
      for (let i = 0; i < width; i++) expected += slopes[i]! * (row[i]! - center[i]!) * scale[i]!
      return expected
    }
  }

/** Means and inverse deviations of columns; what never changes is scaled to nothing. */
function standards(rows: readonly ArrayLike<number>[], width: number): { center: Float64Array; scale: Float64Array } {
  const center = new Float64Array(width)
  const squares = new Float64Array(width)
  for (const row of rows) {
    for (let i = 0; i < width; i++) {
      center[i]! += row[i]! / rows.length
      squares[i]! += row[i]! ** 2 / rows.length
    }
  }
  const scale = squares.map((square, i) => {
    const variance = square - center[i]! ** 2
    return variance < 1e-12 ? 0 : 1 / Math.sqrt(variance)
  })
  return { center, scale }
}
