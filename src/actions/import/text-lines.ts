import { createReadStream } from "node:fs"
import { open, stat } from "node:fs/promises"
import { basename } from "node:path"
import { createGunzip } from "node:zlib"
import { ApiError } from "../../core/problem/problem.ts"

/** An open text file, unpacked and decoded; `fractionRead` counts the bytes on disk. */
export interface OpenText {
  chunks: AsyncIterable<string>
  fractionRead: () => number
}

export interface TextLine {
  text: string
  /** From 1, as an editor counts. */
  number: number
}

const longestLine = 16 * 1024 * 1024

async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** True if a file's own bytes begin like one of gzip, whatever its name says. */
async function isGzip(path: string): Promise<boolean> {
  const [first, second] = await firstBytes(path, 2)
  return first === 0x1f && second === 0x8b
}

export async function isParquet(path: string): Promise<boolean> {
  return (await firstBytes(path, 4)).toString("latin1") === "PAR1"
}

/** The encoding that a byte order mark names, or that zero bytes between letters show. */
function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le"
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be"
  const zeros = (from: number) => bytes.subarray(0, 64).filter((byte, n) => n % 2 === from && byte === 0).length
  if (bytes.length >= 16 && zeros(0) === 0 && zeros(1) > 12) return "utf-16le"
  return bytes.length >= 16 && zeros(1) === 0 && zeros(0) > 12 ? "utf-16be" : "utf-8"
}

/** Opens a text file: plain or gzip, UTF-8 or UTF-16; throws `invalidRequest` with its name where it ends too early. */
export async function openText(path: string): Promise<OpenText> {
  const { size } = await stat(path)
  const packed = await isGzip(path)
  const file = createReadStream(path, { highWaterMark: 1 << 18 })
  async function* chunks(): AsyncGenerator<string> {
    const bytes = packed ? file.pipe(createGunzip()) : file
    if (packed) file.on("error", (error) => bytes.destroy(error))
    let decoder: InstanceType<typeof TextDecoder> | undefined
    try {
      for await (const chunk of bytes) {
        decoder ??= new TextDecoder(encodingOf(chunk as Buffer))
        yield decoder.decode(chunk as Buffer, { stream: true })
      }
      if (decoder !== undefined) yield decoder.decode()
    } catch (error) {
      if (!packed || (error as NodeJS.ErrnoException).code?.startsWith("Z_") !== true) throw error
      throw new ApiError(
        "invalidRequest",
        `${basename(path)} is not a whole gzip file (${(error as Error).message}); copy or make it again`,
      )
    } finally {
      file.destroy()
    }
  }
  return { chunks: chunks(), fractionRead: () => (size === 0 ? 1 : file.bytesRead / size) }
}

/** The lines of a text, ended by LF, CR LF or CR; throws `invalidRequest` for one that no table or record can be. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<TextLine> {
  /** The line begun in the chunks before, and a CR at their end, which may be half of a CR LF. */
  let [rest, ending] = ["", ""]
  let number = 0
  for await (const chunk of chunks) {
    // Only what is new is looked at: a long line may come in many chunks.
    const pieces = `${ending}${chunk}`.split(/\r\n|\n|\r(?!$)/)
    const last = pieces.pop()!
    const begun = last.replace(/\r$/, "")
    ending = last.slice(begun.length)
    if (pieces.length > 0) pieces[0] = rest + pieces[0]
    rest = pieces.length > 0 ? begun : rest + begun
    for (const piece of pieces) yield { text: piece, number: ++number }
    if (rest.length > longestLine) {
      throw new ApiError("invalidRequest", `line ${number + 1} is longer than ${longestLine / 1024 / 1024} MiB`)
    }
  }
  if (rest !== "") yield { text: rest, number: ++number }
}

/** The beginning of a text file, decoded. */
export async function firstText(path: string, length: number): Promise<string> {
  const { chunks } = await openText(path)
  let text = ""
  for await (const chunk of chunks) {
    text += chunk
    if (text.length >= length) break
  }
  return text.slice(0, length)
}
