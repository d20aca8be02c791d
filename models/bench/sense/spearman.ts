/** Returns Spearman's rank correlation of two lists, ties at their mean rank (Spearman 1904); `NaN` when one is constant. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const ranksA = ranksOf(a)
  const ranksB = ranksOf(b)
  const mean = (a.length + 1) / 2
  let together = 0
  let spreadA = 0
  let spreadB = 0
  ranksA.forEach((rank, n) => {
    const [x, y] = [rank - mean, ranksB[n]! - mean]
    together += x * y
    spreadA += x * x
    spreadB += y * y
  })
  return together / Math.sqrt(spreadA * spreadB)
}

function ranksOf(values: readonly number[]): Float64Array {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!)
  const ranks = new Float64Array(values.length)
  for (let from = 0; from < order.length; ) {
    let to = from
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++
    for (let place = from; place <= to; place++) ranks[order[place]!] = (from + to) / 2 + 1
    from = to + 1
  }
  return ranks
}
