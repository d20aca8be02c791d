/** Places of each item in groups of items: item `i` has the places `[offsets[i], offsets[i + 1])` of `entry` and `group`. */
export interface Occurrences {
  offsets: Int32Array
  /** Place in the rows of the groups. */
  entry: Int32Array
  group: Int32Array
}

/** Returns the occurrences of each item; group `g` has the rows `[offsets[g], offsets[g + 1])`. */
export function occurrencesOf(offsets: Int32Array, rows: Int32Array, items: number): Occurrences {
  const starts = new Int32Array(items + 1)
  for (const row of rows) starts[row + 1]!++
  for (let row = 0; row < items; row++) starts[row + 1]! += starts[row]!
  const next = starts.slice(0, items)
  const entry = new Int32Array(rows.length)
  const group = new Int32Array(rows.length)
  for (let g = 0; g + 1 < offsets.length; g++) {
    for (let e = offsets[g]!; e < offsets[g + 1]!; e++) {
      const place = next[rows[e]!]!++
      entry[place] = e
      group[place] = g
    }
  }
  return { offsets: starts, entry, group }
}
