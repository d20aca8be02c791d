import type { RunResult, Values, WorldResult } from "./run-world.ts"

/** Two-sided 95 % quantiles of Student's t distribution, by degrees of freedom from 1. */
const t95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086,
]

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const rounded = (value: number) => (Number.isFinite(value) ? Number(value.toFixed(4)) : null)
const shareOf = ({ ours, random, oracle }: Values) => (ours - random) / (oracle - random)
const ratioOf = ({ ours, random, vw }: Values) => (vw === null ? Number.NaN : (ours - random) / (vw - random))

/** Returns the summary of the runs: lines to read, and one JSON line. */
export function reportOf(results: readonly WorldResult[]) {
  const runs = results.flatMap((world) => world.runs)
  const ratios = runs.map(({ values }) => ratioOf(values))
  const calibration = (of: (run: RunResult) => number) => rounded(meanOf(runs.map(of)))
  const pValues = runs.flatMap((run) => run.pValues)
  const coverage = results.flatMap((world) => world.coverage ?? [])[0]
  const line = {
    bench: "decide",
    worlds: results.map((world) => {
      const value = meanValues(world.runs.map(({ values }) => values))
      return { value: roundedValues(value), shareOfOracle: rounded(shareOf(value)), ratioToVw: rounded(ratioOf(value)) }
    }),
    shareOfOracle: rounded(meanOf(runs.map(({ values }) => shareOf(values)))),
    earlyShareOfOracle: rounded(meanOf(runs.map(({ early }) => shareOf(early)))),
    earlyShareOfVw: rounded(
      meanOf(runs.map(({ early }) => (early.vw === null ? Number.NaN : shareOf({ ...early, ours: early.vw })))),
    ),
    ratioToVw: rounded(meanOf(ratios)),
    ratioToVwLower95: rounded(lower95(ratios)),
    eceToBase: calibration((run) => run.calibration.eceToBase),
    calibrationSlope: calibration((run) => run.calibration.slope),
    logLossGapClosed: calibration((run) => run.calibration.gapClosed),
    seedsBelow01: pValues.filter((p) => p < 0.01).length,
    drCoverage: coverage ? rounded(coverage.fixed.covered) : null,
    drWidthRatio: coverage ? rounded(coverage.fixed.widthRatio) : null,
  }
  return { lines: [...runs.flatMap(linesOf), ...closing(runs, pValues.length, coverage)], line }
}

const linesOf = ({ seed, values, early, calibration, shares, notes }: RunResult): string[] => [
  `seed ${seed}: ours ${values.ours.toFixed(4)}, random ${values.random.toFixed(4)}, best single ${values.bestSingle.toFixed(4)}, oracle ${values.oracle.toFixed(4)}, Vowpal Wabbit ${values.vw?.toFixed(4) ?? "left out"}; ` +
    `share of the oracle in the first decisions ${shareOf(early).toFixed(3)}, by fifths ${shares.map((share) => share.toFixed(3)).join(" ")}; ` +
    `calibration error ${calibration.eceToBase.toFixed(3)} of the base rate, slope ${calibration.slope.toFixed(3)}`,
  ...notes.map((note) => `  ${note}`),
]

const closing = (
  runs: readonly RunResult[],
  tests: number,
  coverage: NonNullable<WorldResult["coverage"]> | undefined,
): string[] => [
  `log-loss: of the gap from the base rate to the whole truth, hidden parts included, ${meanOf(runs.map((run) => run.calibration.gapClosedOfAll)).toFixed(3)}; to what features can tell, see below`,
  `${tests} tests of logged probabilities: each run's own draws, and its distributions drawn from again under other decision ids`,
  ...(coverage
    ? [
        `doubly robust intervals: fixed logging ${coverage.fixed.covered.toFixed(3)} covered, ${coverage.fixed.widthRatio.toFixed(3)} times as wide as with the true outcome model; ` +
          `adaptive logging ${coverage.adaptive.covered.toFixed(3)}, ${coverage.adaptive.widthRatio.toFixed(3)}`,
      ]
    : []),
]

function lower95(values: readonly number[]): number {
  const mean = meanOf(values)
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
  return mean - ((t95[values.length - 2] ?? 1.96) * deviation) / Math.sqrt(values.length)
}

function meanValues(all: readonly Values[]): Values {
  const mean = (of: (values: Values) => number) => meanOf(all.map(of))
  return {
    ours: mean(({ ours }) => ours),
    random: mean(({ random }) => random),
    bestSingle: mean(({ bestSingle }) => bestSingle),
    oracle: mean(({ oracle }) => oracle),
    vw: all.some(({ vw }) => vw === null) ? null : mean(({ vw }) => vw!),
  }
}

const roundedValues = ({ ours, random, bestSingle, oracle, vw }: Values) => ({
  ours: rounded(ours),
  random: rounded(random),
  bestSingle: rounded(bestSingle),
  oracle: rounded(oracle),
  vw: vw === null ? null : rounded(vw),
})
