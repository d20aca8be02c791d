/** A function that never falls: linear between its knots, level outside; knots ascend strictly in `at`. */
export interface IsotonicFit {
  at: Float64Array
  value: Float64Array
}

interface Block {
  weight: number
  sumAt: number
  sumValue: number
}

const level = ({ sumValue, weight }: Block) => sumValue / weight

/** Least squares among functions that never fall, by pooling adjacent violators (Ayer et al. 1955); a knot stands at each pool's weighted centre. */
export function fitIsotonic(
  at: ArrayLike<number>,
  values: ArrayLike<number>,
  weights?: ArrayLike<number>,
): IsotonicFit {
  const blocks: Block[] = []
  for (const block of pointsOf(at, values, weights)) {
    blocks.push(block)
    while (blocks.length > 1 && level(blocks.at(-2)!) >= level(blocks.at(-1)!)) {
      const right = blocks.pop()!
      const left = blocks.pop()!
      blocks.push({
        weight: left.weight + right.weight,
        sumAt: left.sumAt + right.sumAt,
        sumValue: left.sumValue + right.sumValue,
      })
    }
  }
  return {
    at: Float64Array.from(blocks, ({ sumAt, weight }) => sumAt / weight),
    value: Float64Array.from(blocks, level),
  }
}

/** The value at a place; NaN for a fit of nothing. */
export function applyIsotonic({ at, value }: IsotonicFit, place: number): number {
  if (at.length === 0) return Number.NaN
  if (place <= at[0]!) return value[0]!
  if (place >= at[at.length - 1]!) return value[at.length - 1]!
  let low = 0
  let high = at.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (at[middle]! <= place) low = middle
    else high = middle
  }
  const share = (place - at[low]!) / (at[high]! - at[low]!)
  return value[low]! + share * (value[high]! - value[low]!)
}

/** Ascending, one block per distinct place. */
function pointsOf(at: ArrayLike<number>, values: ArrayLike<number>, weights?: ArrayLike<number>): Block[] {
  const order = Array.from({ length: at.length }, (_, n) => n).sort((a, b) => at[a]! - at[b]!)
  const blocks: (Block & { place: number })[] = []
  for (const n of order) {
    const weight = weights?.[n] ?? 1
    if (weight <= 0) continue
    const last = blocks.at(-1)
    if (last !== undefined && last.place === at[n]) {
      last.weight += weight
      last.sumAt += weight * at[n]!
      last.sumValue += weight * values[n]!
    } else {
      blocks.push({ place: at[n]!, weight, sumAt: weight * at[n]!, sumValue: weight * values[n]! })
    }
  }
  return blocks
}
