/** Ways a database is sick, each in a sentence for operators. */
export const databaseReasons = {
  absent: "PostgreSQL cannot be reached",
  refused: "PostgreSQL refuses the account, its password or the database's name",
  outOfConnections: "PostgreSQL has no connection left; raise max_connections or use smaller pools",
  outOfResources: "PostgreSQL is out of memory or cannot use its disk",
  diskFull: "PostgreSQL cannot write because its disk is full",
  readOnly: "PostgreSQL takes no writes: it is a standby, or default_transaction_read_only is on",
  standbyLost: "commits wait for a synchronous standby that does not confirm them",
  writesHang: "writes do not end in time",
  readsHang: "reads do not end in time",
  locked: "another session locks a whole table",
  slow: "PostgreSQL answers slowly",
} as const

export type DatabaseReason = keyof typeof databaseReasons

/** Reasons by SQLSTATE code or class; a code counts before its class. */
const reasonByState: Readonly<Record<string, DatabaseReason>> = {
  "08": "absent",
  "25006": "readOnly",
  "28": "refused",
  "3D000": "refused",
  "53": "outOfResources",
  "53100": "diskFull",
  "53300": "outOfConnections",
  "57": "absent",
  "58": "outOfResources",
}

const lossCodes = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "ENOENT",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
])

/** Codes of a call that was late or cancelled alone, which say nothing about the server: `query_canceled`, and our own. */
const lateCodes = new Set(["57014", "CONNECTION_SILENT"])
/** Code of a commit that is on the primary and perhaps on no standby. */
export const unconfirmedCommit = "UNCONFIRMED_COMMIT"

const codesOf = (error: unknown): string[] => {
  if (!(error instanceof Error)) return []
  const { code } = error as { code?: unknown }
  const own = typeof code === "string" ? [code] : []
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : []
  return [...own, ...inner, ...codesOf(error.cause)]
}

function reasonOfCode(code: string): DatabaseReason | undefined {
  if (lossCodes.has(code)) return "absent"
  if (code === unconfirmedCommit) return "standbyLost"
  if (lateCodes.has(code) || !/^[0-9A-Z]{5}$/.test(code)) return undefined
  return reasonByState[code] ?? reasonByState[code.slice(0, 2)]
}

/** Returns the reason that an error, or its cause, gives for a sick database; `null` where it gives none. */
export const databaseReasonOf = (error: unknown): DatabaseReason | null =>
  codesOf(error)
    .map(reasonOfCode)
    .find((reason) => reason !== undefined) ?? null

/** True if an error, or what caused it, says that the database cannot do what was asked now: nothing about the question is wrong. */
export const isConnectionLoss = (error: unknown): boolean =>
  codesOf(error).some((code) => lateCodes.has(code) || reasonOfCode(code) !== undefined)
