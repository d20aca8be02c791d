import type { CooperativeTask } from "../time/cooperative-task.ts"
import type { SendCandidates, SendLimits } from "./send-problem.ts"

/** Money a unit of each limit. */
export interface DualPrices {
  money: number
  volume: number
  promise: number
  /** One value an item. */
  stock: Float64Array
}

interface PricedDemand {
  /** The Lagrangian dual at these prices: no plan within the limits is worth more. */
  bound: number
  money: number
  volume: number
  slack: number
  stock: Float64Array
}

/** Feasible candidates, packed: rows of packed customer `c` are `offsets[c]` to `offsets[c + 1]`. */
export interface DualProblem {
  offsets: Int32Array
  /** The candidates' own rows. */
  rows: Int32Array
  item: Int32Array
  value: Float64Array
  /** keep − promise. */
  slack: Float64Array
  money: Float64Array
  /** Sends each packed customer may get. */
  contacts: Int32Array
  /** Items that could run out. */
  scarce: Int32Array
  typicalValue: number
  typicalMoney: number
  leftOut: { value: number; floor: number }
  /** Returns the demand of all customers at these prices. */
  demandAt(prices: DualPrices): CooperativeTask<PricedDemand>
}

/** Customers between two yields, about 2 ms. */
const customersPerSlice = 8192

/** Returns a candidate's value less the price of the resources it uses. */
export const reducedValue = (
  { value, slack, money, item }: Pick<DualProblem, "value" | "slack" | "money" | "item">,
  prices: DualPrices,
  n: number,
): number => value[n]! + prices.promise * slack[n]! - prices.money * money[n]! - prices.volume - prices.stock[item[n]!]!

/** Packs the feasible candidates: positive value, above the floor, in stock, and a customer with contacts left. */
export function* createDualProblem(candidates: SendCandidates, limits: SendLimits): CooperativeTask<DualProblem> {
  const { promise, floor, stock } = limits
  const contactsOf = (customer: number) =>
    typeof limits.contacts === "number" ? limits.contacts : limits.contacts[customer]!
  const customers = candidates.offsets.length - 1
  const leftOut = { value: 0, floor: 0 }
  const kept = new Uint8Array(candidates.item.length)
  let count = 0
  for (let customer = 0; customer < customers; customer++) {
    if (customer % customersPerSlice === 0) yield
    for (let row = candidates.offsets[customer]!; row < candidates.offsets[customer + 1]!; row++) {
      if (!(candidates.value[row]! > 0)) leftOut.value++
      else if (!(candidates.keep[row]! >= floor)) leftOut.floor++
      else if (
        stock[candidates.item[row]!]! >= 1 &&
        contactsOf(customer) >= 1 &&
        candidates.money[row]! <= limits.money
      ) {
        kept[row] = 1
        count++
      }
    }
  }
  const packed = {
    rows: new Int32Array(count),
    item: new Int32Array(count),
    value: new Float64Array(count),
    slack: new Float64Array(count),
    money: new Float64Array(count),
  }
  const offsets: number[] = [0]
  const contacts: number[] = []
  const asked = new Float64Array(stock.length)
  let n = 0
  for (let customer = 0; customer < customers; customer++) {
    if (customer % customersPerSlice === 0) yield
    const from = n
    for (let row = candidates.offsets[customer]!; row < candidates.offsets[customer + 1]!; row++) {
      if (kept[row] === 0) continue
      packed.rows[n] = row
      packed.item[n] = candidates.item[row]!
      packed.value[n] = candidates.value[row]!
      packed.slack[n] = candidates.keep[row]! - promise
      packed.money[n] = candidates.money[row]!
      asked[candidates.item[row]!]!++
      n++
    }
    if (n === from) continue
    offsets.push(n)
    contacts.push(Math.min(Math.floor(contactsOf(customer)), n - from))
  }
  const mean = (column: Float64Array) => column.reduce((sum, value) => sum + value, 0) / Math.max(1, count)
  const shared = { ...packed, offsets: Int32Array.from(offsets), contacts: Int32Array.from(contacts) }
  return {
    ...shared,
    scarce: Int32Array.from([...asked.keys()].filter((item) => asked[item]! > stock[item]!)),
    typicalValue: mean(packed.value) || 1,
    typicalMoney: mean(packed.money) || 1,
    leftOut,
    demandAt: (prices) => demandAt(shared, prices, limits),
  }
}

type Packed = Pick<DualProblem, "offsets" | "rows" | "item" | "value" | "slack" | "money" | "contacts">

function* demandAt(packed: Packed, prices: DualPrices, limits: SendLimits): CooperativeTask<PricedDemand> {
  const { offsets, item, slack, money, contacts } = packed
  const demand = { bound: 0, money: 0, volume: 0, slack: 0, stock: new Float64Array(limits.stock.length) }
  const most = contacts.reduce((highest, value) => Math.max(highest, value), 0)
  const taken = new Int32Array(most)
  const worth = new Float64Array(most)
  for (let customer = 0; customer + 1 < offsets.length; customer++) {
    if (customer % customersPerSlice === 0) yield
    const room = contacts[customer]!
    let held = 0
    for (let n = offsets[customer]!; n < offsets[customer + 1]!; n++) {
      const priced = reducedValue(packed, prices, n)
      if (!(priced > 0) || (held === room && priced <= worth[held - 1]!)) continue
      let place = held < room ? held++ : held - 1
      for (; place > 0 && worth[place - 1]! < priced; place--) {
        worth[place] = worth[place - 1]!
        taken[place] = taken[place - 1]!
      }
      worth[place] = priced
      taken[place] = n
    }
    for (let place = 0; place < held; place++) {
      const n = taken[place]!
      demand.bound += worth[place]!
      demand.money += money[n]!
      demand.slack += slack[n]!
      demand.stock[item[n]!]!++
    }
    demand.volume += held
  }
  demand.bound += limitsPriced(prices, limits)
  return demand
}

/** Returns the value of the limits at these prices; a limit with price 0 adds nothing. */
function limitsPriced(prices: DualPrices, { money, volume, stock }: SendLimits): number {
  let sum = (prices.money > 0 ? prices.money * money : 0) + (prices.volume > 0 ? prices.volume * volume : 0)
  for (let n = 0; n < stock.length; n++) if (prices.stock[n]! > 0) sum += prices.stock[n]! * Math.floor(stock[n]!)
  return sum
}
