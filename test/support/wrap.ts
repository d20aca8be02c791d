const widest = 100

/** Returns a paragraph with line breaks so that no line is wider than 100 characters; code stays whole, later lines begin with `indent`. */
export function wrap(text: string, indent = ""): string {
  const lines: string[] = []
  let line = ""
  for (const [word] of text.matchAll(/(?:`[^`]*`|[^\s`])+/g)) {
    const longer = line === "" ? word : `${line} ${word}`
    if (longer.length <= widest) line = longer
    else {
      lines.push(line)
      line = `${indent}${word}`
    }
  }
  return [...lines, line].join("\n")
}
