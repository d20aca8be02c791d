/**
 * Draws from 1 … `size` with chances proportional to 1 / rank, without a table: rejection-inversion (Hörmann and Derflinger 1996)
 * for the exponent 1. `random` gives uniform numbers in [0, 1).
 */
export function zipf(size: number, random: () => number): () => number {
  const lowest = Math.log(1.5) - 1
  const highest = Math.log(size + 0.5)
  const squeeze = 2 - 2.5 * Math.exp(-1 / 2)
  return () => {
    while (true) {
      const height = highest + random() * (lowest - highest)
      const x = Math.exp(height)
      const rank = Math.min(size, Math.max(1, Math.round(x)))
      if (rank - x <= squeeze || height >= Math.log(rank + 0.5) - 1 / rank) return rank
    }
  }
}
