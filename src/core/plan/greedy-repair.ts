import type { CooperativeTask } from "../time/cooperative-task.ts"
import { type DualPrices, type DualProblem, reducedValue } from "./lagrangian-dual.ts"
import type { SendLimits } from "./send-problem.ts"

/** Takes candidates by priced value while every limit allows, then restores the promise, then fills what became free; the candidates' own rows, ascending. */
export function* repairGreedily(
  choice: DualProblem,
  prices: DualPrices,
  limits: SendLimits,
): CooperativeTask<Int32Array> {
  const order = yield* byPricedValue(choice, prices)
  const taking = createTaking(choice, limits)
  for (const [place, n] of order.entries()) {
    if (place % rowsPerSlice === 0) yield
    if (taking.fits(n)) taking.take(n)
  }
  if (taking.slack() < 0) {
    const leastEfficient = taking
      .taken()
      .filter((n) => choice.slack[n]! < 0)
      .sort((a, b) => choice.value[a]! / -choice.slack[a]! - choice.value[b]! / -choice.slack[b]!)
    yield
    for (const n of leastEfficient) {
      if (taking.slack() >= 0) break
      taking.leave(n)
    }
    for (const [place, n] of order.entries()) {
      if (place % rowsPerSlice === 0) yield
      if (taking.slack() + choice.slack[n]! >= 0 && taking.fits(n)) taking.take(n)
    }
  }
  return Int32Array.from(taking.taken(), (n) => choice.rows[n]!).sort()
}

const rowsPerSlice = 65_536

function createTaking({ offsets, item, slack, money, contacts }: DualProblem, limits: SendLimits) {
  const customerOf = new Int32Array(item.length)
  for (let customer = 0; customer + 1 < offsets.length; customer++)
    customerOf.fill(customer, offsets[customer]!, offsets[customer + 1]!)
  const isTaken = new Uint8Array(item.length)
  const room = contacts.slice()
  const stock = Float64Array.from(limits.stock)
  let [spent, volume, sum] = [0, 0, 0]
  const add = (n: number, sign: 1 | -1) => {
    isTaken[n] = sign === 1 ? 1 : 0
    room[customerOf[n]!]! -= sign
    stock[item[n]!]! -= sign
    spent += sign * money[n]!
    volume += sign
    sum += sign * slack[n]!
  }
  return {
    fits: (n: number) =>
      isTaken[n] === 0 &&
      room[customerOf[n]!]! > 0 &&
      stock[item[n]!]! >= 1 &&
      volume + 1 <= limits.volume &&
      spent + money[n]! <= limits.money,
    take: (n: number) => add(n, 1),
    leave: (n: number) => add(n, -1),
    slack: () => sum,
    taken: () => Int32Array.from(isTaken.keys()).filter((n) => isTaken[n] === 1),
  }
}

/** Highest first; equal ones in the order they stand. Dealt into buckets first, so that no one sort takes long. */
function* byPricedValue(choice: DualProblem, prices: DualPrices): CooperativeTask<Int32Array> {
  const count = choice.item.length
  const worth = new Float64Array(count)
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let n = 0; n < count; n++) {
    if (n % rowsPerSlice === 0) yield
    worth[n] = reducedValue(choice, prices, n)
    low = Math.min(low, worth[n]!)
    high = Math.max(high, worth[n]!)
  }
  const scale = high > low ? (buckets - 1) / (high - low) : 0
  const bucketOf = (n: number) => Math.floor((high - worth[n]!) * scale)
  const ends = new Int32Array(buckets + 1)
  for (let n = 0; n < count; n++) ends[bucketOf(n) + 1]!++
  for (let bucket = 0; bucket < buckets; bucket++) ends[bucket + 1]! += ends[bucket]!
  yield
  const order = new Int32Array(count)
  const next = ends.slice()
  for (let n = 0; n < count; n++) order[next[bucketOf(n)]!++] = n
  for (let bucket = 0; bucket < buckets; bucket++) {
    if (bucket % 512 === 0) yield
    order.subarray(ends[bucket], ends[bucket + 1]).sort((a, b) => worth[b]! - worth[a]! || a - b)
  }
  return order
}

const buckets = 16_384
