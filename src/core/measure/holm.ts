/** Says for each hypothesis, in the order given, if it is rejected; with probability 1 − `level` none is rejected wrongly (Holm 1979). */
export function holm(pValues: readonly number[], level: number): boolean[] {
  const rejected = pValues.map(() => false)
  const ascending = [...pValues.keys()].sort((a, b) => orOne(pValues[a]!) - orOne(pValues[b]!))
  for (const [rank, n] of ascending.entries()) {
    if (!(pValues[n]! <= level / (pValues.length - rank))) break
    rejected[n] = true
  }
  return rejected
}

/** Treats an unknown p-value as no evidence. */
const orOne = (pValue: number) => (Number.isNaN(pValue) ? 1 : pValue)
