import { once } from "node:events"
import { createWriteStream, mkdirSync, type WriteStream } from "node:fs"
import { basename, dirname, join } from "node:path"
import { finished } from "node:stream/promises"
import type { Rejection } from "./line.ts"

/** Returns the default file for rejected lines of `source`: never beside the source, which may be read-only. */
export const defaultRejectedFile = (source: string): string => join("reports", `${basename(source)}.rejected.ndjson`)

/** Collects rejections in an NDJSON file that is only made if there is one. */
export class RejectedFile {
  readonly path: string
  readonly countByReason: Record<string, number> = {}
  #stream: WriteStream | undefined

  constructor(path: string) {
    this.path = path
  }

  async write(rejections: readonly Rejection[]): Promise<void> {
    if (rejections.length === 0) return
    if (this.#stream === undefined) {
      mkdirSync(dirname(this.path), { recursive: true })
      this.#stream = createWriteStream(this.path)
    }
    for (const { reason } of rejections) this.countByReason[reason] = (this.countByReason[reason] ?? 0) + 1
    const text = rejections.map((rejection) => `${JSON.stringify(rejection)}\n`).join("")
    if (!this.#stream.write(text)) await once(this.#stream, "drain")
  }

  /** Closes the file; its path, or `null` if nothing was rejected. */
  async close(): Promise<string | null> {
    if (this.#stream === undefined) return null
    this.#stream.end()
    await finished(this.#stream)
    return this.path
  }
}
