import { readFileSync } from "node:fs"

/** Returns the blocks of commands under a heading of a page, in order, each as one text. */
export function commandsUnder(path: string, heading: string): string[] {
  const sections = readFileSync(path, "utf8").split(/^#+ /m)
  const section = sections.find((text) => text.startsWith(`${heading}\n`))
  if (section === undefined) throw new Error(`${path} has no heading "${heading}"`)
  return [...section.matchAll(/(?:^ {4}.*\n)+/gm)].map(([block]) => block.replaceAll(/^ {4}/gm, ""))
}
