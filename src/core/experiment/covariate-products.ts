/** Returns covariates with their squares, cubes and the products of each two, so that slopes can follow curves and combinations. */
export function withProducts(covariates: readonly number[]): number[] {
  const products = covariates.flatMap((one, i) => covariates.slice(i).map((other) => one * other))
  return [...covariates, ...products, ...covariates.map((one) => one ** 3)]
}
