const mostBorders = 63
const mostLooked = 20_000

/** Borders between a column's values, of about equal mass, at most 63: ascending, none equal to two neighbouring values' midpoint twice. */
export function bordersOf(features: Float32Array, width: number, column: number): Float32Array {
  const rows = features.length / width
  const stride = Math.max(1, Math.floor(rows / mostLooked))
  const looked = new Float32Array(Math.ceil(rows / stride))
  for (let n = 0, row = 0; row < rows; n++, row += stride) looked[n] = features[row * width + column]!
  looked.sort()
  const distinct = looked.filter((value, n) => n === 0 || value !== looked[n - 1])
  const values = distinct.length <= mostBorders + 1 ? distinct : quantiles(looked)
  return Float32Array.from({ length: Math.max(0, values.length - 1) }, (_, n) => (values[n]! + values[n + 1]!) / 2)
}

function quantiles(sorted: Float32Array): Float32Array {
  const places = Float32Array.from(
    { length: mostBorders + 1 },
    (_, n) => sorted[Math.floor((n * (sorted.length - 1)) / mostBorders)]!,
  )
  return places.filter((value, n) => n === 0 || value !== places[n - 1])
}

/** Returns the number of borders below each row's value. */
export function binColumn(features: Float32Array, width: number, column: number, borders: Float32Array): Uint8Array {
  const rows = features.length / width
  const bins = new Uint8Array(rows)
  for (let row = 0; row < rows; row++) {
    const value = features[row * width + column]!
    let [low, high] = [0, borders.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (value > borders[middle]!) low = middle + 1
      else high = middle
    }
    bins[row] = low
  }
  return bins
}
