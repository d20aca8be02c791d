import { type Basket, BasketGatherer } from "./baskets.ts"
import { callBasket } from "./call-basket.ts"
import { RowFiller } from "./fill-rows.ts"
import { type Rejection, readLine } from "./line.ts"
import type { Mapping } from "./mapping.ts"
import type { Row } from "./row-source.ts"
import type { ImportSummary } from "./summary.ts"

export interface ReadingOptions {
  fileDigest: string
  latestMs: number
  summary: ImportSummary
}

/** Turns a file's rows into baskets and rejections: each row ends in exactly one of them. */
export class LineReader {
  readonly #mapping: Mapping
  readonly #options: ReadingOptions
  readonly #filler: RowFiller
  readonly #gatherer: BasketGatherer

  constructor(mapping: Mapping, options: ReadingOptions) {
    this.#mapping = mapping
    this.#options = options
    this.#filler = new RowFiller(mapping)
    this.#gatherer = new BasketGatherer(options.fileDigest, mapping.keep)
  }

  read(row: Row): (Basket | Rejection)[] {
    const { summary, latestMs } = this.#options
    summary.linesRead += 1
    if ("fault" in row) return this.#counted({ line: row.line, reason: "unreadable", message: row.fault })
    if ("call" in row) {
      const outcome = callBasket(row, this.#options)
      if (!("reason" in outcome) && outcome.unknownName !== undefined) summary.addUnknownName(outcome.unknownName)
      return this.#counted(outcome)
    }
    const line = readLine(this.#filler.fill(row), this.#mapping, latestMs)
    if ("reason" in line) return this.#counted(line)
    summary.addLine(line)
    return this.#counted(this.#gatherer.add(line))
  }

  /** The last basket, at the end of the file. */
  finish(): (Basket | Rejection)[] {
    return this.#counted(this.#gatherer.finish())
  }

  #counted(outcome: Basket | Rejection | undefined): (Basket | Rejection)[] {
    if (outcome === undefined) return []
    if ("reason" in outcome) this.#options.summary.addRejection(outcome)
    else this.#options.summary.addBasket(outcome)
    return [outcome]
  }
}
