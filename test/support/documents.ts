import { readFileSync } from "node:fs"
import { posix } from "node:path"

export interface Document {
  path: string
  text: string
}

const codeSpan = /`([^`\n]+)`/g
const repositoryPath =
  /^(?:\.?[\w@-]+\/)[\w@./-]*$|^[\w-]+\.(?:md|json|ts)$|^(?:Dockerfile|LICENSE|NOTICE|compose\.yaml|\.env\.example)$/
const link = /\]\((?!\w+:)([^)#\s]+)[^)]*\)/g
const npmScript = /npm run (?:-s )?([a-z][\w:-]*)/g
const rooms = ["src/", "models/", "test/", "load-tests/", "drizzle/", "docs/", "packages/", ".ci/", ".github/"]

/** The repository paths a document names in code spans; a span with a wildcard or an argument names none. */
export function pathsNamed({ text }: Document): string[] {
  const spans = [...text.matchAll(codeSpan)].map((match) => match[1]!.replace(/\/$/, ""))
  return spans.filter(
    (span) => repositoryPath.test(span) && (rooms.some((room) => `${span}/`.startsWith(room)) || !span.includes("/")),
  )
}

/** The repository paths that a document's links lead to. */
export const pathsLinked = ({ path, text }: Document): string[] =>
  [...text.matchAll(link)].map(([, target]) => posix.join(posix.dirname(path), target!))

export function scriptsNamed({ text }: Document): string[] {
  return [...text.matchAll(npmScript)].map((match) => match[1]!)
}

export const readDocument = (path: string): Document => ({ path, text: readFileSync(path, "utf8") })
