import { createHash } from "node:crypto"
import type { IncomingEvent, ProductLine } from "../../core/history/event.ts"
import { interactionKind } from "../../core/history/event-table.ts"
import type { Line, Rejection } from "./line.ts"
import type { KeepableReason } from "./mapping.ts"

/** One event and the lines of the file that it was made from. */
export interface Basket {
  event: IncomingEvent
  lines: readonly Line[]
  /** Their numbers; of a tracking call, which has no lines, its own. */
  rows: readonly number[]
}

const digestOf = (...parts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 40)

/** The same file gives the same id on every run, so that importing it twice is harmless. */
export const fileMessageId = (fileDigest: string, line: number): string =>
  createHash("sha256").update(`${fileDigest}:${line}`).digest("hex").slice(0, 40)

/** An order with a number has the same id in every file that tells the same of it, so that files may overlap. */
function orderMessageId({ at, eventName, order, identifiers }: Line, lines: readonly Line[]): string {
  const told = lines.map(({ item, quantity, price }) => JSON.stringify([item?.id, quantity, price])).sort()
  return digestOf("order", identifiers[0], order, eventName, at, told)
}

const isOrder = ({ eventName }: Line): boolean => {
  const kind = interactionKind(eventName)
  return kind === "purchase" || kind === "return"
}

/**
 * Lines belong together if they are one customer's, of one moment, one order and one kind; a line with its own message id stands alone,
 * unless it lists several products.
 */
function belongs(line: Line, first: Line): boolean {
  if (line.eventName !== first.eventName || line.identifiers[0]!.value !== first.identifiers[0]!.value) return false
  if (line.line === first.line) return true
  const isUnnamed = line.messageId === undefined && first.messageId === undefined
  return isUnnamed && isOrder(line) && line.at === first.at && line.order === first.order
}

function productLine({ item, quantity, price }: Line): ProductLine[] {
  return item === undefined ? [] : [{ itemId: item.id, quantity, ...(price !== undefined && { price }) }]
}

function toBasket(lines: readonly Line[], fileDigest: string, part: number): Basket {
  const first = lines[0]!
  const ownId =
    isOrder(first) && first.order !== undefined ? orderMessageId(first, lines) : fileMessageId(fileDigest, first.line)
  const event: IncomingEvent = {
    messageId: `${first.messageId ?? ownId}${part === 0 ? "" : `/${part}`}`,
    at: first.at,
    name: first.eventName,
    lines: lines.flatMap(productLine),
    ...(first.channel && { channel: first.channel }),
    properties: first.order === undefined ? {} : { orderId: first.order },
    identifiers: first.identifiers,
  }
  return { event, lines, rows: lines.map(({ line }) => line) }
}

/** Gathers neighbouring lines of one order into one event, and drops lines that repeat another of the same order. */
export class BasketGatherer {
  readonly #fileDigest: string
  readonly #keepDuplicates: boolean
  #open: Line[] = []
  #seen = new Set<string>()
  /** The line that the last event began with, and how many events began with it before. */
  #begun = { line: -1, part: 0 }

  constructor(fileDigest: string, keep: ReadonlySet<KeepableReason>) {
    this.#fileDigest = fileDigest
    this.#keepDuplicates = keep.has("duplicateLine")
  }

  /** The basket that this line completes by not belonging to it, or the line's rejection, or neither. */
  add(line: Line): Basket | Rejection | undefined {
    const first = this.#open[0]
    const finished = first !== undefined && !belongs(line, first) ? this.finish() : undefined
    if (isOrder(line) && !this.#keepDuplicates && line.messageId === undefined) {
      if (this.#seen.has(line.fingerprint)) {
        return { line: line.line, reason: "duplicateLine", message: "repeats an earlier line of the same order" }
      }
      this.#seen.add(line.fingerprint)
    }
    this.#open.push(line)
    return finished
  }

  /** The last basket, at the end of the file. */
  finish(): Basket | undefined {
    const lines = this.#open
    this.#open = []
    this.#seen = new Set()
    const [first] = lines
    if (first === undefined) return undefined
    this.#begun = { line: first.line, part: first.line === this.#begun.line ? this.#begun.part + 1 : 0 }
    return toBasket(lines, this.#fileDigest, this.#begun.part)
  }
}
