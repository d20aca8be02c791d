/** Makes a value at most once in `ms` milliseconds; whoever asks meanwhile shares it. */
export function keptFor<T>(ms: number, make: () => Promise<T>, clock: () => number): () => Promise<T> {
  let kept: { value: Promise<T>; at: number } | null = null
  return () => {
    // A clock that was set back must not make the text last until it has caught up.
    if (kept === null || Math.abs(clock() - kept.at) >= ms) kept = { value: make(), at: clock() }
    return kept.value
  }
}
