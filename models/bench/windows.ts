import { parseArgs } from "node:util"
import { meanWithError } from "../../src/core/measure/mean.ts"
import { type ComparedShop, compareWindows, type Ndcg } from "./windows/compare-windows.ts"

/** Compares parameters chosen over several windows and over one, in small shops with few returning customers, drawn from ranges. */
const { values } = parseArgs({
  options: { from: { type: "string", default: "101" }, shops: { type: "string", default: "20" } },
})
const [from, count] = [Number(values.from), Number(values.shops)]

const rounded = (value: number) => Math.round(value * 1e4) / 1e4
const shops: ComparedShop[] = []
for (let seed = from; seed < from + count; seed++) {
  const shop = await compareWindows(seed)
  shops.push(shop)
  const show = ({ all, firstTime }: Ndcg) => `${all.toFixed(4)} / ${firstTime.toFixed(4)}`
  process.stderr.write(
    `shop ${seed}: ${shop.orders} orders; several ${show(shop.several)}, single ${show(shop.single)}, EASE ${show(shop.ease)}\n`,
  )
}

const means = (of: (shop: ComparedShop) => Ndcg) => ({
  all: rounded(meanWithError(shops.map((shop) => of(shop).all)).mean),
  firstTime: rounded(meanWithError(shops.map((shop) => of(shop).firstTime)).mean),
})
const lead = (question: keyof Ndcg) => {
  const { mean, error } = meanWithError(shops.map(({ several, single }) => several[question] - single[question]))
  return { mean: rounded(mean), error: rounded(error) }
}
const figures = {
  bench: "windows",
  shops: count,
  several: means(({ several }) => several),
  single: means(({ single }) => single),
  popularity: means(({ popularity }) => popularity),
  ease: means(({ ease }) => ease),
  lead: { all: lead("all"), firstTime: lead("firstTime") },
}
process.stdout.write(`${JSON.stringify(figures)}\n`)
