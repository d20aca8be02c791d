import { createReadStream } from "node:fs"
import { stat } from "node:fs/promises"
import { pipeline, type Readable } from "node:stream"
import { createGunzip } from "node:zlib"

/** A text file's bytes, unpacked if its name ends in `.gz`; `fractionRead` counts the bytes on disk. */
export async function openText(path: string): Promise<{ bytes: Readable; fractionRead: () => number }> {
  const { size } = await stat(path)
  const file = createReadStream(path, { highWaterMark: 1 << 18 })
  const bytes = path.toLowerCase().endsWith(".gz") ? pipeline(file, createGunzip(), () => {}) : file
  return { bytes, fractionRead: () => (size === 0 ? 1 : file.bytesRead / size) }
}

/** The first line of a text file, without its byte order mark. */
export async function firstLine(path: string): Promise<string> {
  const { bytes } = await openText(path)
  let text = ""
  for await (const chunk of bytes.setEncoding("utf8")) {
    text += chunk
    if (/[\r\n]/.test(text)) break
  }
  bytes.destroy()
  return text.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0]!
}
