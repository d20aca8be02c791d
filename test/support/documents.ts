import { readFileSync } from "node:fs"

export interface Document {
  path: string
  text: string
}

const codeSpan = /`([^`\n]+)`/g
const repositoryPath = /^(?:\.?[\w@-]+\/)[\w@./-]*$|^[\w-]+\.(?:md|json|ts)$|^Dockerfile$/
const npmScript = /npm run (?:-s )?([a-z][\w:-]*)/g
const rooms = ["src/", "models/", "test/", "load-tests/", "drizzle/", ".ci/"]

/** The repository paths a document names in code spans; a span with a wildcard or an argument names none. */
export function pathsNamed({ text }: Document): string[] {
  const spans = [...text.matchAll(codeSpan)].map((match) => match[1]!.replace(/\/$/, ""))
  return spans.filter(
    (span) => repositoryPath.test(span) && (rooms.some((room) => `${span}/`.startsWith(room)) || !span.includes("/")),
  )
}

export function scriptsNamed({ text }: Document): string[] {
  return [...text.matchAll(npmScript)].map((match) => match[1]!)
}

export const readDocument = (path: string): Document => ({ path, text: readFileSync(path, "utf8") })
