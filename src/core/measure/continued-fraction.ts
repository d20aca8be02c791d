const mostTerms = 10_000
const tiny = 1e-300

/**
 * Returns b₀ + a₁ ÷ (b₁ + a₂ ÷ (b₂ + …)) by Lentz's method (1976, as modified by Thompson and Barnett 1986); `termOf` gives aₙ and bₙ for n
 * from 1 on. Ends once a term changes the value by less than the share `precision`.
 */
export function continuedFraction(
  first: number,
  termOf: (n: number) => readonly [a: number, b: number],
  precision: number,
): number {
  let value = nonZero(first)
  let [c, d] = [value, 0]
  for (let n = 1; n < mostTerms; n++) {
    const [a, b] = termOf(n)
    d = 1 / nonZero(b + a * d)
    c = nonZero(b + a / c)
    value *= c * d
    if (Math.abs(c * d - 1) < precision) break
  }
  return value
}

const nonZero = (value: number) => (Math.abs(value) < tiny ? tiny : value)
