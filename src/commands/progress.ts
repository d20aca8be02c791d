/** Tells a person at the terminal how far long work is; never on stdout, which is for results. */
export interface Progress {
  /** Something was reached; stays on the screen. */
  step(text: string): void
  /** Shows the progress; the next text replaces it. */
  update(text: string): void
}

const updateEveryMs = 2000

/** Redraws one line on a terminal; elsewhere writes a line every two seconds. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  let updatedAt = 0
  const everyMs = stream.isTTY ? 100 : updateEveryMs
  const clear = stream.isTTY ? "\r\u001b[K" : ""
  return {
    step(text) {
      stream.write(`${clear}${text}\n`)
    },
    update(text) {
      const now = performance.now()
      if (now - updatedAt < everyMs) return
      updatedAt = now
      stream.write(stream.isTTY ? `${clear}${text.slice(0, stream.columns - 1)}` : `${text}\n`)
    },
  }
}
