import { parseArgs } from "node:util"
import { meanWithError } from "../../src/core/measure/mean.ts"
import { type ComparedShop, compareWindows, type Reached } from "./windows/compare-windows.ts"

/** Small shops with few returning customers, drawn from ranges: parameters chosen over several windows against one. */
const { values } = parseArgs({
  options: { from: { type: "string", default: "101" }, shops: { type: "string", default: "20" } },
})
const [from, count] = [Number(values.from), Number(values.shops)]

const rounded = (value: number) => Math.round(value * 1e4) / 1e4
const shops: ComparedShop[] = []
for (let seed = from; seed < from + count; seed++) {
  const found = await compareWindows(seed)
  shops.push(found)
  const reached = ({ all, anew }: Reached) => `${all.toFixed(4)} / ${anew.toFixed(4)}`
  process.stderr.write(
    `shop ${seed}: ${found.orders} orders asked; several ${reached(found.several)}, single ${reached(found.single)}, EASE ${reached(found.ease)}\n`,
  )
}

const means = (of: (shop: ComparedShop) => Reached) => ({
  all: rounded(meanWithError(shops.map((shop) => of(shop).all)).mean),
  anew: rounded(meanWithError(shops.map((shop) => of(shop).anew)).mean),
})
const lead = (what: keyof Reached) => {
  const { mean, error } = meanWithError(shops.map(({ several, single }) => several[what] - single[what]))
  return { mean: rounded(mean), error: rounded(error) }
}
const figures = {
  bench: "windows",
  shops: count,
  several: means(({ several }) => several),
  single: means(({ single }) => single),
  popularity: means(({ popularity }) => popularity),
  ease: means(({ ease }) => ease),
  lead: { all: lead("all"), anew: lead("anew") },
}
process.stdout.write(`${JSON.stringify(figures)}\n`)
