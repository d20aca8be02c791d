/** Counts what is distinct, in bounded memory: beyond `most` it only knows that there are more. */
export class Distinct {
  readonly #seen = new Set<string>()
  readonly #most: number
  isMore = false

  constructor(most = 1_000_000) {
    this.#most = most
  }

  add(value: string): void {
    if (this.#seen.size < this.#most) this.#seen.add(value)
    else if (!this.isMore) this.isMore = !this.#seen.has(value)
  }

  get count(): number {
    return this.#seen.size
  }
}

/** Counts by name, of so many names; those of further names together. */
export class Counts {
  readonly #count = new Map<string, number>()
  readonly #most: number
  others = 0

  constructor(most = 1000) {
    this.#most = most
  }

  add(name: string): void {
    const known = this.#count.get(name)
    if (known === undefined && this.#count.size >= this.#most) this.others += 1
    else this.#count.set(name, (known ?? 0) + 1)
  }

  /** The most frequent first. */
  top(most = this.#most): [name: string, count: number][] {
    return [...this.#count].sort(([, a], [, b]) => b - a).slice(0, most)
  }
}
