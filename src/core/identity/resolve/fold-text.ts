/** Letters that Unicode does not decompose, in the form that keyboards without them write. */
const spelledOut: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
}

/** Returns the text without case and diacritics, in any script. */
export const foldText = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => spelledOut[letter]!)

/** Returns the words of a text, folded; apostrophes join, every other sign separates. */
export const tokensOf = (text: string): string[] =>
  foldText(text)
    .replace(/['’`´]/g, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== "")

const soundClasses: Readonly<Record<string, string>> = Object.fromEntries(
  ["bfpvw", "cgjkqsxz", "dt", "l", "mn", "r"].flatMap((letters, n) =>
    [...letters].map((letter) => [letter, String(n + 1)]),
  ),
)

/** Returns the first letter and the classes of the first three consonants after it; the first three letters of a word in another script. */
export function soundOf(token: string): string {
  if (!/^[a-z]/.test(token)) return token.slice(0, 3)
  let sound = token[0]!
  let last = soundClasses[sound]
  for (let n = 1; n < token.length && sound.length < 4; n++) {
    const code = soundClasses[token[n]!]
    if (code !== undefined && code !== last) sound += code
    if (code !== undefined || "aeiouy".includes(token[n]!)) last = code
  }
  return sound
}
