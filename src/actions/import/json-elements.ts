import { ApiError } from "../../core/problem/problem.ts"

/** One value of a JSON text, and which it is, from 1. */
export interface JsonElement {
  text: string
  number: number
}

const longestElement = 4 * 1024 * 1024
/** Names of the fields in which programs put the array of an answer. */
export const namedArray =
  /^\s*\{\s*"(?:orders|data|results|records|rows|events|customers|entries|value)"\s*:\s*(?=\[\s*\{)/
const special = /["\\{}[\],\n]/g

/**
 * The objects of a JSON text one by one: of an array, or one behind the other, over any number of lines. An array under a name of its own
 * (`{"orders": [` …) is that array. Only one element is held at a time; what is no object is passed on as it stands, as is a last
 * element that breaks off. Throws `invalidRequest` for one that is too large to hold.
 */
export async function* jsonElements(chunks: AsyncIterable<string>): AsyncGenerator<JsonElement> {
  const scanner = new ElementScanner()
  let isFirst = true
  for await (const chunk of chunks) {
    if (chunk === "") continue
    const text = isFirst ? chunk.replace(namedArray, "") : chunk
    isFirst = false
    yield* scanner.push(text)
  }
  yield* scanner.end()
}

class ElementScanner {
  #number = 0
  #held = ""
  #depth = 0
  #inArray = false
  #isDone = false
  #inString = false
  #isEscaped = false
  /** Behind a broken element: looking for a line that begins with the next object. */
  #isLost = false
  #isLineStart = false;

  *push(chunk: string): Generator<JsonElement> {
    let start = this.#isLost ? this.#found(chunk, 0) : 0
    for (let at = this.#next(chunk, start); at < chunk.length && !this.#isDone; at = this.#next(chunk, at)) {
      const character = chunk[at]!
      at += 1
      if (this.#inString) {
        if (character === "\\") at = this.#skipEscaped(chunk, at)
        else if (character === '"') this.#inString = false
        else if (character === "\n") {
          yield* this.#take(chunk.slice(start, at))
          this.#inString = false
          this.#depth = 0
          this.#isLost = true
          this.#isLineStart = true
          start = this.#found(chunk, at)
          at = start
        }
        continue
      }
      if (character === '"') this.#inString = true
      else if (character === "{" || character === "[") {
        if (this.#depth === 0 && character === "[" && !this.#inArray && this.#isBlank(chunk, start, at - 1)) {
          this.#inArray = true
          this.#held = ""
          start = at
        } else this.#depth += 1
      } else if (character === "}" || character === "]") {
        if (this.#depth === 0) {
          yield* this.#take(chunk.slice(start, at - 1))
          this.#isDone = true
        } else {
          this.#depth -= 1
          if (this.#depth === 0 && !this.#inArray) {
            yield* this.#take(chunk.slice(start, at))
            start = at
          }
        }
      } else if (character === "," && this.#depth === 0) {
        yield* this.#take(chunk.slice(start, at - 1))
        start = at
      }
    }
    if (!this.#isDone) this.#held += chunk.slice(start)
    if (this.#held.length > longestElement) {
      throw new ApiError(
        "invalidRequest",
        `element ${this.#number + 1} is longer than ${longestElement / 1024 / 1024} MiB; close its quotes and brackets`,
      )
    }
  }

  *end(): Generator<JsonElement> {
    if (!this.#isDone) yield* this.#take("")
  }

  /** Returns where the next object begins a line, so that an open string costs one element; the end of the chunk if nowhere in it. */
  #found(chunk: string, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const character = chunk[at]!
      if (this.#isLineStart && character === "{") {
        this.#isLost = false
        return at
      }
      if (character === "\n") this.#isLineStart = true
      else if (!/[\s,]/.test(character)) this.#isLineStart = false
    }
    return chunk.length
  }

  /** The next character that matters. */
  #next(chunk: string, from: number): number {
    if (this.#isEscaped && from < chunk.length) {
      this.#isEscaped = false
      return this.#next(chunk, from + 1)
    }
    special.lastIndex = from
    return special.exec(chunk)?.index ?? chunk.length
  }

  #skipEscaped(chunk: string, at: number): number {
    if (at < chunk.length) return at + 1
    this.#isEscaped = true
    return at
  }

  #isBlank(chunk: string, start: number, end: number): boolean {
    return `${this.#held}${chunk.slice(start, end)}`.trim() === ""
  }

  *#take(last: string): Generator<JsonElement> {
    const text = (this.#held + last).trim()
    this.#held = ""
    if (text !== "") yield { text, number: ++this.#number }
  }
}
