/** Which of several hypotheses are rejected, so that with probability 1 − `level` none is rejected wrongly (Holm 1979); in the order given. */
export function holm(pValues: readonly number[], level: number): boolean[] {
  const rejected = pValues.map(() => false)
  const ascending = [...pValues.keys()].sort((a, b) => orOne(pValues[a]!) - orOne(pValues[b]!))
  for (const [rank, n] of ascending.entries()) {
    if (!(pValues[n]! <= level / (pValues.length - rank))) break
    rejected[n] = true
  }
  return rejected
}

/** What cannot be told counts as no evidence. */
const orOne = (pValue: number) => (Number.isNaN(pValue) ? 1 : pValue)
