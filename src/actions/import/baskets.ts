import { createHash } from "node:crypto"
import type { IncomingEvent, ProductLine } from "../../core/history/event.ts"
import { interactionKind } from "../../core/history/event-table.ts"
import type { Line, Rejection } from "./line.ts"
import type { KeepableReason } from "./mapping.ts"

/** One event and the lines of the file that it was made from. */
export interface Basket {
  event: IncomingEvent
  lines: readonly Line[]
}

/** The same file gives the same id on every run, so that importing it twice is harmless. */
function fileMessageId(fileDigest: string, line: number): string {
  return createHash("sha256").update(`${fileDigest}:${line}`).digest("hex").slice(0, 40)
}

const isOrder = ({ eventName }: Line): boolean => {
  const kind = interactionKind(eventName)
  return kind === "purchase" || kind === "return"
}

/** Lines belong together if they are one customer's, of one moment, one order and one kind; a line with its own message id stands alone. */
function belongs(line: Line, first: Line): boolean {
  return (
    line.messageId === undefined &&
    first.messageId === undefined &&
    isOrder(line) &&
    line.at === first.at &&
    line.customer.value === first.customer.value &&
    line.eventName === first.eventName &&
    line.order === first.order
  )
}

function productLine({ item, quantity, price }: Line): ProductLine[] {
  return item === undefined ? [] : [{ itemId: item.id, quantity, ...(price !== undefined && { price }) }]
}

function toBasket(lines: readonly Line[], fileDigest: string): Basket {
  const first = lines[0]!
  const event: IncomingEvent = {
    messageId: first.messageId ?? fileMessageId(fileDigest, first.line),
    at: first.at,
    name: first.eventName,
    lines: lines.flatMap(productLine),
    ...(first.channel && { channel: first.channel }),
    properties: first.order === undefined ? {} : { orderId: first.order },
    identifiers: [first.customer],
  }
  return { event, lines }
}

/** Gathers neighbouring lines of one order into one event, and drops lines that repeat another of the same order. */
export class BasketGatherer {
  readonly #fileDigest: string
  readonly #keepDuplicates: boolean
  #open: Line[] = []
  #seen = new Set<string>()

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
    return lines.length === 0 ? undefined : toBasket(lines, this.#fileDigest)
  }
}
