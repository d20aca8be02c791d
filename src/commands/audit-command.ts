import { type Command, Option } from "commander"
import { listAuditEntries } from "../actions/audit/list-audit-entries.ts"
import { auditActions } from "../core/access/audit-action.ts"
import { type AuditEntryReply, auditQuerySchema } from "../core/access/audit-schema.ts"
import { ApiError } from "../core/problem/problem.ts"
import type { Services } from "../services.ts"
import { parseDate } from "./parse-argument.ts"

interface Flags {
  actor?: string
  action?: string
  subject?: string
  since?: number
  until?: number
  limit: string
  cursor?: string
  json: boolean
}

type WithServices = (work: (services: Services) => Promise<void>) => Promise<void>

/** Adds the words, flags and work of `audit`. */
export function describeAudit(audit: Command, withServices: WithServices, print: (text: string) => void): void {
  audit
    .description("list changes, newest first: who changed what, and from what to what")
    .option("--actor <id>", "a key's id, a command's words, or the name of a job of the service")
    .addOption(new Option("--action <action>", "kind of change").choices(auditActions))
    .option("--subject <kind[:id]>", "such as policy, or policy:home-hero")
    .option("--since <date>", "from this time on", parseDate)
    .option("--until <date>", "before this time", parseDate)
    .option("--limit <n>", "most changes, up to 200", "20")
    .option("--cursor <cursor>", "the changes after a page, as that page says")
    .option("--json", "as GET /v1/audit answers", false)
    .addHelpText(
      "after",
      "\nExamples:\n  $ beforehand audit --subject policy:home-hero\n  $ beforehand audit --since 2026-03-01 --json",
    )
    .action((flags: Flags) =>
      withServices(async (services) => {
        const { entries, nextCursor } = await listAuditEntries(services, queryOf(flags))
        if (flags.json) return print(JSON.stringify({ entries, nextCursor }, null, 2))
        print(entries.length === 0 ? "no such change" : entries.map(entryText).join("\n"))
        if (nextCursor !== null) print(`more with --cursor ${nextCursor}`)
      }),
    )
}

function queryOf({ since, until, json: _, ...given }: Flags) {
  const moment = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString())
  const parsed = auditQuerySchema.safeParse({ ...given, since: moment(since), until: moment(until) })
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `--${path.map(String).join(".")}: ${message}`)
  throw new ApiError("invalidRequest", `correct ${faults.join("; ")}`)
}

function entryText({ at, actor, action, subject, before, after, requestId }: AuditEntryReply): string {
  const head = [
    at.slice(0, 19).replace("T", " "),
    action,
    subject.id === null ? subject.kind : `${subject.kind}:${subject.id}`,
    `by ${actor.kind === "key" ? `key ${actor.name} ${actor.id}` : actor.name}`,
    ...(requestId === null ? [] : [`request ${requestId}`]),
  ].join("  ")
  const changes = changedFields(before, after).map(
    ({ path, from, to }) => `    ${path}: ${valueText(from)} → ${valueText(to)}`,
  )
  return [head, ...changes].join("\n")
}

interface ChangedField {
  path: string
  from: unknown
  to: unknown
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Returns the fields that differ between two states, objects field by field, lists as a whole. */
function changedFields(from: unknown, to: unknown, path = ""): ChangedField[] {
  if (isObject(from) || isObject(to)) {
    const [former, present] = [from, to].map((value) => (isObject(value) ? value : {}))
    const names = new Set([...Object.keys(former!), ...Object.keys(present!)])
    return [...names].flatMap((name) =>
      changedFields(former![name], present![name], path === "" ? name : `${path}.${name}`),
    )
  }
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, from, to }]
}

const longestValue = 100

function valueText(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value)
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`
}
