/** Writes that share a commit which ends well within a call's time limit. */
const writesAtOnce = 500

/** Does a write for each value, so many at once that they share commits; results in the order of the values. */
export async function inPortions<T, R>(
  values: readonly T[],
  write: (value: T, place: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  for (let start = 0; start < values.length; start += writesAtOnce) {
    const portion = values.slice(start, start + writesAtOnce)
    results.push(...(await Promise.all(portion.map((value, n) => write(value, start + n)))))
  }
  return results
}
