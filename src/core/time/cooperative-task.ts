/** Work in steps of a few milliseconds, between which whoever does it may do something else. */
export type CooperativeTask<T> = Generator<undefined, T>

/** Does all steps at once. */
export function runAtOnce<T>(steps: CooperativeTask<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
