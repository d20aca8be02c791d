import type { ArmReading } from "../../../src/core/experiment/arm-reading.ts"
import { readMean, readProportion, readRatio } from "../../../src/core/experiment/arm-reading.ts"
import { normalCdf, normalQuantile } from "../../../src/core/measure/normal-distribution.ts"
import type { Random } from "../../random.ts"
import { binomial, logNormal, multinomial } from "./draws.ts"

/** An arm while customers come, with what is read of it. */
interface SimulatedArm {
  /** Lets so many customers come. */
  add(random: Random, customers: number): void
  read(): ArmReading
  /** Customers with an event, or events: what must be enough before anything is read. */
  events(): number
}

/** A metric whose mean is known; `lift` multiplies the rate of its events. */
export interface SimulatedMetric {
  kind: "proportion" | "mean" | "ratio"
  name: string
  truth(lift: number): number
  /** Expected events a customer. */
  rate(lift: number): number
  arm(lift: number): SimulatedArm
}

/** The share of customers with an event. */
export const proportion = (share: number): SimulatedMetric => ({
  kind: "proportion",
  name: `proportion ${share}`,
  truth: (lift) => share * lift,
  rate: (lift) => share * lift,
  arm(lift) {
    let [count, sum] = [0, 0]
    return {
      add(random, customers) {
        count += customers
        sum += binomial(random, customers, share * lift)
      },
      read: () => readProportion({ count, sum }),
      events: () => sum,
    }
  },
})

/** Money a customer: `buyers` of them buy, for a log-normal value; capped at the 99.5 % quantile of all customers without a lift. */
export function cappedValue(buyers: number, deviation: number): SimulatedMetric {
  const bound = Math.exp(deviation * normalQuantile(1 - 0.005 / buyers))
  const logBound = Math.log(bound)
  const meanOfBuyer =
    Math.exp(deviation ** 2 / 2) * normalCdf(logBound / deviation - deviation) +
    bound * normalCdf(-logBound / deviation)
  return {
    kind: "mean",
    name: "capped value",
    truth: (lift) => buyers * lift * meanOfBuyer,
    rate: (lift) => buyers * lift,
    arm(lift) {
      const moments = { width: 1, count: 0, sums: new Float64Array(1), products: new Float64Array(1) }
      let bought = 0
      return {
        add(random, customers) {
          const now = binomial(random, customers, buyers * lift)
          bought += now
          moments.count += customers
          for (let n = 0; n < now; n++) {
            const value = Math.min(bound, logNormal(random, deviation))
            moments.sums[0]! += value
            moments.products[0]! += value * value
          }
        },
        read: () => readMean(moments),
        events: () => bought,
      }
    },
  }
}

/** Customers view 1 to 4 times and click with a probability of their own, so views of one customer depend on each other. */
const viewShares = [0.4, 0.3, 0.2, 0.1]
const temperaments = [
  { share: 0.7, clicks: 0.02 },
  { share: 0.3, clicks: 0.12 },
]

/** Clicks ÷ views, by customer. */
export function clickRate(): SimulatedMetric {
  const cellsOf = (lift: number) => {
    const cells: { clicks: number; views: number; share: number }[] = []
    for (const [n, viewShare] of viewShares.entries()) {
      const views = n + 1
      for (let clicks = 0; clicks <= views; clicks++) {
        const share = temperaments.reduce((sum, of) => {
          const p = of.clicks * lift
          return sum + of.share * choose(views, clicks) * p ** clicks * (1 - p) ** (views - clicks)
        }, 0)
        cells.push({ clicks, views, share: viewShare * share })
      }
    }
    return cells
  }
  const sumOf = (lift: number, of: "clicks" | "views") =>
    cellsOf(lift).reduce((sum, cell) => sum + cell.share * cell[of], 0)
  return {
    kind: "ratio",
    name: "clicks ÷ views",
    truth: (lift) => sumOf(lift, "clicks") / sumOf(lift, "views"),
    rate: (lift) => sumOf(lift, "clicks"),
    arm(lift) {
      const cells = cellsOf(lift)
      const shares = cells.map(({ share }) => share)
      const drawn = new Int32Array(cells.length)
      const moments = { width: 2, count: 0, sums: new Float64Array(2), products: new Float64Array(4) }
      return {
        add(random, customers) {
          multinomial(random, customers, shares, drawn)
          moments.count += customers
          cells.forEach(({ clicks, views }, n) => {
            const times = drawn[n]!
            moments.sums[0]! += times * clicks
            moments.sums[1]! += times * views
            moments.products[0]! += times * clicks * clicks
            moments.products[1]! += times * clicks * views
            moments.products[2]! += times * clicks * views
            moments.products[3]! += times * views * views
          })
        },
        read: () => readRatio(moments),
        events: () => moments.sums[0]!,
      }
    },
  }
}

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)
