/** Amount of one package as its title tells, in a base unit: millilitres, grams or pieces. */
export interface PackageAmount {
  unit: "ml" | "g" | "pieces"
  amount: number
}

const units: Readonly<Record<string, readonly [PackageAmount["unit"], number]>> = {
  ml: ["ml", 1],
  cl: ["ml", 10],
  dl: ["ml", 100],
  l: ["ml", 1000],
  litre: ["ml", 1000],
  litres: ["ml", 1000],
  liter: ["ml", 1000],
  mg: ["g", 0.001],
  g: ["g", 1],
  gr: ["g", 1],
  kg: ["g", 1000],
  pcs: ["pieces", 1],
  pieces: ["pieces", 1],
  pack: ["pieces", 1],
  capsules: ["pieces", 1],
  tablets: ["pieces", 1],
  pads: ["pieces", 1],
}

const number = String.raw`\d{1,5}(?:[.,]\d{1,3})?`
const pattern = new RegExp(
  String.raw`(?<![\p{L}\d.,])(?:(\d{1,3})\s?[x×*]\s?)?(${number})\s?(${Object.keys(units).join("|")})(?![\p{L}\d])`,
  "iu",
)

/** Reads the amount off a title such as "Shampoo 250 ml", "3 x 50 ml" or "500 g"; `undefined` where it tells none. */
export function packageAmount(title: string): PackageAmount | undefined {
  const found = pattern.exec(title)
  if (found === null) return undefined
  const [, times = "1", written, name] = found
  const [unit, factor] = units[name!.toLowerCase()]!
  const amount = Number(times) * Number(written!.replace(",", ".")) * factor
  return amount > 0 ? { unit, amount } : undefined
}
