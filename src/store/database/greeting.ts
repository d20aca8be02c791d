/** Code of protocol 3.0, which a session begins with. */
const protocol = 196_608
const headBytes = 8
const paddingName = "padding"

/**
 * Parameter of a session that makes the driver's greeting longer than what it writes at once (1,024 bytes). Where a connection was lost
 * while the driver waited to write, postgres.js keeps those bytes and its timer for ever: a short greeting would follow them unsent.
 */
export const padding = { [paddingName]: "x".repeat(1024) }

/** Returns the greeting of the first write to a connection, without the padding and without bytes of the connection before. */
export function greetingOf(written: Uint8Array): Buffer {
  const bytes = Buffer.from(written.buffer, written.byteOffset, written.byteLength)
  let start = 0
  const begins = (at: number) => bytes.readInt32BE(at) === bytes.length - at && bytes.readInt32BE(at + 4) === protocol
  while (start + headBytes <= bytes.length && !begins(start)) start++
  if (start + headBytes > bytes.length) return bytes
  const words = bytes.toString("utf8", start + headBytes).split("\0")
  const kept: string[] = []
  for (let name = 0; words[name]; name += 2) {
    if (words[name] !== paddingName) kept.push(words[name]!, words[name + 1]!)
  }
  const parameters = Buffer.from(
    kept
      .map((word) => `${word}\0`)
      .concat("\0")
      .join(""),
  )
  const head = Buffer.alloc(headBytes)
  head.writeInt32BE(headBytes + parameters.length, 0)
  head.writeInt32BE(protocol, 4)
  return Buffer.concat([head, parameters])
}
