/** Smallest effective sample size of the weighted examples, as a share of all examples. */
const keptShare = 0.7

/**
 * Weights 1 / probability, so that what the logging policy seldom chose counts as if all had been chosen alike; capped at the level
 * where the weighted examples still tell as much as `share` of them (Kish), since a few rare choices would otherwise decide the fit. Mean 1.
 */
export function selectionWeights(probabilities: ArrayLike<number>, share = keptShare): Float64Array {
  const inverse = Float64Array.from(probabilities, (probability) => 1 / probability)
  const ascending = inverse.slice().sort()
  let low = ascending[0] ?? 1
  let high = ascending.at(-1) ?? 1
  if (effectiveShare(inverse, high) < share) {
    for (let step = 0; step < 40; step++) {
      const middle = Math.sqrt(low * high)
      if (effectiveShare(inverse, middle) < share) high = middle
      else low = middle
    }
    high = low
  }
  const capped = inverse.map((weight) => Math.min(weight, high))
  const mean = capped.reduce((sum, weight) => sum + weight, 0) / capped.length
  return capped.map((weight) => weight / mean)
}

function effectiveShare(weights: Float64Array, cap: number): number {
  let sum = 0
  let squares = 0
  for (const weight of weights) {
    const capped = Math.min(weight, cap)
    sum += capped
    squares += capped * capped
  }
  return sum ** 2 / squares / weights.length
}
