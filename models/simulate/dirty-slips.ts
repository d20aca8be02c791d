import { below, oneOf, type Random } from "../random.ts"

const rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"]
const looksLike: Readonly<Record<string, string>> = {
  o: "0",
  l: "1",
  i: "l",
  m: "rn",
  s: "5",
  b: "6",
  e: "c",
  n: "m",
  u: "v",
}
const soundsLike: readonly (readonly [string, string])[] = [
  ["ch", "k"],
  ["k", "c"],
  ["ph", "f"],
  ["f", "v"],
  ["ei", "ai"],
  ["ou", "u"],
  ["y", "i"],
  ["z", "s"],
  ["ll", "l"],
  ["t", "d"],
  ["sh", "s"],
  ["w", "v"],
]

/** A key beside the letter's on a keyboard. */
function neighbourOf(letter: string, random: Random): string {
  const row = rows.find((keys) => keys.includes(letter.toLowerCase()))
  if (row === undefined) return letter
  const at = row.indexOf(letter.toLowerCase()) + (random() < 0.5 ? -1 : 1)
  return row[at] ?? letter
}

/** Returns a word as somebody mistypes, misreads or mishears it. */
export function slip(word: string, random: Random): string {
  const at = below(random, word.length)
  const [before, letter, after] = [word.slice(0, at), word[at] ?? "", word.slice(at + 1)]
  const kind = below(random, 8)
  if (kind === 0) return before + after
  if (kind === 1) return before + letter + neighbourOf(letter, random) + after
  if (kind <= 3) return before + neighbourOf(letter, random) + after
  if (kind === 4 && after !== "") return before + after[0]! + letter + after.slice(1)
  if (kind === 5) return before + (looksLike[letter.toLowerCase()] ?? letter) + after
  if (kind === 6) {
    const [from, to] = oneOf(random, soundsLike)
    return word.toLowerCase().includes(from)
      ? word.replace(new RegExp(from, "i"), to)
      : before + letter + letter + after
  }
  return word.normalize("NFKD").replace(/\p{M}/gu, "")
}

/** Returns digits with one changed, or two neighbours swapped. */
export function slipDigit(text: string, random: Random): string {
  const places = [...text.matchAll(/\d/g)].map(({ index }) => index)
  if (places.length === 0) return text
  const n = below(random, places.length)
  const at = places[n]!
  const next = places[n + 1]
  if (next === at + 1 && random() < 0.3) return text.slice(0, at) + text[next]! + text[at]! + text.slice(next + 1)
  return text.slice(0, at) + String(below(random, 10)) + text.slice(at + 1)
}
