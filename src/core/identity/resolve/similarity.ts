const longest = 64
const taken = new Uint8Array(longest)
const matched = new Uint16Array(longest)

/** Returns the Jaro-Winkler similarity of two words, 0 to 1 (Winkler 1990: prefix weight 0.1, up to four letters); 0 for words of more than 64 letters that differ. */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  const reach = Math.max(0, Math.floor(long.length / 2) - 1)
  if (long.length > longest) return 0
  taken.fill(0, 0, long.length)
  let common = 0
  for (let i = 0; i < short.length; i++) {
    const end = Math.min(long.length - 1, i + reach)
    for (let j = Math.max(0, i - reach); j <= end; j++) {
      if (taken[j] === 1 || short.charCodeAt(i) !== long.charCodeAt(j)) continue
      taken[j] = 1
      matched[common++] = short.charCodeAt(i)
      break
    }
  }
  if (common === 0) return 0
  let outOfPlace = 0
  for (let j = 0, n = 0; j < long.length; j++) {
    if (taken[j] === 1 && long.charCodeAt(j) !== matched[n++]) outOfPlace++
  }
  const jaro = (common / a.length + common / b.length + (common - Math.floor(outOfPlace / 2)) / common) / 3
  let prefix = 0
  while (prefix < 4 && prefix < short.length && short.charCodeAt(prefix) === long.charCodeAt(prefix)) prefix++
  return jaro + prefix * 0.1 * (1 - jaro)
}

let beforeLast = new Uint8Array(longest + 1)
let last = new Uint8Array(longest + 1)
let row = new Uint8Array(longest + 1)

/** Returns the number of insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment); `most + 1` where it is higher, or a word has more than 64 letters. */
export function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most || Math.max(a.length, b.length) > longest) return most + 1
  const width = b.length + 1
  for (let j = 0; j < width; j++) last[j] = j
  for (let i = 1; i <= a.length; i++) {
    row[0] = i
    let lowest = i
    for (let j = 1; j < width; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      const isSwap =
        i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
      if (isSwap) cost = Math.min(cost, beforeLast[j - 2]! + 1)
      row[j] = cost
      if (cost < lowest) lowest = cost
    }
    if (lowest > most) return most + 1
    const free = beforeLast
    beforeLast = last
    last = row
    row = free
  }
  return Math.min(last[b.length]!, most + 1)
}
