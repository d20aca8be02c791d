import { nameOf } from "../../models/bench/held/compare.ts"

interface Claim {
  /** Text of a document, `#` for each figure in its order. */
  text: string
  figures: readonly { bench: string; path: string; was: number }[]
}

const number = "(−?[\\d,]*\\.?\\d+)"
const plain = (text: string) => text.replaceAll("**", "").replace(/\s+/g, " ")
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

/** Returns what a document says otherwise than the table of figures, as sentences: a text that is missing, a figure that is not the one measured, rounded. */
export function contradictions(document: string, claims: readonly Claim[]): string[] {
  const text = plain(document)
  return claims.flatMap((claim) => {
    const pattern = new RegExp(escaped(plain(claim.text)).replaceAll("#", number), "g")
    const found = [...text.matchAll(pattern)]
    if (found.length !== 1) return [`"${claim.text}" stands there ${found.length} times`]
    const shown = found[0]!.slice(1)
    if (shown.length !== claim.figures.length) return [`"${claim.text}" has ${shown.length} figures`]
    return claim.figures.flatMap((figure, n) =>
      isRounded(figure.was, shown[n]!) ? [] : [`${nameOf(figure)} is ${figure.was}, the text says ${shown[n]}`],
    )
  })
}

function isRounded(value: number, shown: string): boolean {
  const decimals = shown.split(".")[1]?.length ?? 0
  const read = Number(shown.replaceAll(",", "").replace("−", "-"))
  return Math.abs(value - read) <= 0.5 * 10 ** -decimals + 1e-9
}
