/**
 * Count, sums and sums of products of a few numbers a customer: all that means, ratios and regressions need. Those of disjoint customers
 * add up, so nobody is read twice. `products` is `width` × `width`, row-major and symmetric.
 */
export interface Moments {
  width: number
  count: number
  sums: Float64Array
  products: Float64Array
}

/** Returns the moments of nobody. */
export const noMoments = (width: number): Moments => ({
  width,
  count: 0,
  sums: new Float64Array(width),
  products: new Float64Array(width * width),
})

/** Returns the moments of rows of equal length, one a customer. */
export function momentsOf(rows: Iterable<ArrayLike<number>>, width: number): Moments {
  const moments = noMoments(width)
  for (const row of rows) addRow(moments, row)
  return moments
}

/** Adds one customer's row to moments, which are the caller's own. */
export function addRow(moments: Moments, row: ArrayLike<number>): void {
  const { width, sums, products } = moments
  moments.count++
  for (let i = 0; i < width; i++) {
    sums[i]! += row[i]!
    for (let j = 0; j < width; j++) products[i * width + j]! += row[i]! * row[j]!
  }
}

/** Returns the moments of several disjoint groups of customers together; all are of `width`. */
export function addMoments(groups: readonly Moments[], width: number): Moments {
  const { sums, products } = noMoments(width)
  let count = 0
  for (const group of groups) {
    count += group.count
    for (let i = 0; i < sums.length; i++) sums[i]! += group.sums[i]!
    for (let i = 0; i < products.length; i++) products[i]! += group.products[i]!
  }
  return { width, count, sums, products }
}

/** Returns the sample covariance (over n − 1) of two columns; 0 for fewer than two customers. */
export function covarianceOf({ width, count, sums, products }: Moments, i: number, j: number): number {
  return count < 2 ? 0 : (products[i * width + j]! - (sums[i]! * sums[j]!) / count) / (count - 1)
}
