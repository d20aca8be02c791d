/** Work in steps of a few milliseconds, between which whoever does it may do something else. */
export type Steps<T> = Generator<undefined, T>

/** Does all steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
