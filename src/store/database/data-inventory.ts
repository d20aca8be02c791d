import { getTableColumns, getTableName, type SQL, sql } from "drizzle-orm"
import { getTableConfig, type PgColumn, type PgTable } from "drizzle-orm/pg-core"
import { counterpartDays } from "../../core/identity/shared-identifier.ts"
import { anyOwnLink, anyOwnRecord } from "../identity/own-records.ts"
import { epochMs } from "./epoch.ts"
import * as schema from "./schema.ts"

/** Lifetimes that the configuration sets, in days. */
export type LifetimeName =
  | "events"
  | "decisions"
  | "messages"
  | "contents"
  | "webhooks"
  | "sends"
  | "visitors"
  | "releases"
  | "audit"
export type Lifetimes = Readonly<Record<LifetimeName, number>>

/**
 * Personal data that a column may hold. `customerId`: the id of a customer. `recordId`: the id of one customer's record, message, decision
 * or send. `identifier`: what a person is known by, or a pseudonym of it. `personal`: text, JSON or bytes about a customer.
 * `staff`: who of the shop did it, or what they wrote. `secret`: keys and secrets. `none`: nothing of a person.
 */
export type DataClass = "customerId" | "recordId" | "identifier" | "personal" | "staff" | "secret" | "none"

/** Rule by which rows are deleted without a request. */
export type Lifetime =
  /** With the partition of their time; `periodDays` is how much time one partition holds. */
  | {
      kind: "partitions"
      days: "events" | "decisions" | "messages"
      periodDays: number
      /** Partition key: a time, or an id that begins with its time. */
      dividedBy: "time" | "id"
      /** The primary key of each partition, where the table has none. */
      ownKey?: string
    }
  /** Row by row, by the age of a column; `unindexed`: finding them reads the whole table, so once a day. */
  | {
      kind: "rows"
      days: LifetimeName | number
      since: string
      where?: SQL
      unindexed?: true
      /** The table whose rows of the same ids go with them. */
      index?: string
      note?: string
    }
  /** With the rows of another table that they belong to. */
  | { kind: "with"; table: string }
  /** As long as the customer is known; a visitor's until `visitors` days have passed without an event. */
  | { kind: "customer" }
  /** By a verb of the store. */
  | { kind: "verb"; verb: string; note: string }
  /** For as long as the installation lasts. */
  | { kind: "kept"; because: string }

/** `rows`: an export has all columns of the customer's rows but those about the staff. */
export type Export = "rows" | "nothing" | { no: string }

export type Erasure =
  | "delete"
  | "nothing"
  /** The row stays as evidence; these columns become null. */
  | { clear: readonly string[]; because: string }
  /** Deleted by the database with the rows of another table. */
  | { with: string }
  /** Deleted by a step of its own, because other rows change with it. */
  | { step: string }
  | { keep: string }

/** Owner of the rows that a query is about. */
export interface Owner {
  /** The customer, or one merged into them: each is asked for alone. */
  customerId: string
  /** A subquery of the pseudonyms of their identifiers. */
  pseudonyms: SQL
}

interface TableEntry<Columns extends string = string> {
  /** Content of the table, as a noun. */
  holds: string
  /** The class of each column that can hold text, an id, JSON or bytes. */
  columns: Readonly<Record<Columns, DataClass>>
  lifetime: Lifetime
  export: Export
  erasure: Erasure
  /** Condition for a customer's rows; absent: their `customer_id`. */
  ownedBy?: (owner: Owner) => SQL
  /** Treatment of the ended customer's rows in a merge; `own`: a statement of their own in `moveRows`. */
  merge?: "move" | "own"
}

type TextColumns<Table extends PgTable> = {
  [Name in keyof Table["_"]["columns"] & string]: Table["_"]["columns"][Name] extends PgColumn<infer Config>
    ? Config["dataType"] extends "date" | "number" | "boolean"
      ? never
      : Name
    : never
}[keyof Table["_"]["columns"] & string]

type Schema = typeof schema
type TableKey = { [Key in keyof Schema]: Schema[Key] extends PgTable ? Key : never }[keyof Schema]
type Inventory = {
  [Key in TableKey]: Schema[Key] extends PgTable ? TableEntry<TextColumns<Schema[Key]>> : never
}

const nobody = { export: "nothing", erasure: "nothing" } as const
const ofCustomer = { export: "rows", erasure: "delete" } as const
const withDecisions = { kind: "partitions", days: "decisions", periodDays: 28, dividedBy: "id" } as const
const release = {
  kind: "verb",
  verb: "releases.deleteExpired",
  note: "`releases` days after it was made if never live, else `decisions` days after it was live; the live one and the one before stay",
} as const

/**
 * The data inventory: what every table holds of persons, how long, and what export, erasure and merge do with it. Export, erasure,
 * merge, partitions and retention read it, and `docs/data.md` is generated from it; a table or column that is missing here does not
 * compile. Customers' tables stand in the order in which they are exported; erasure goes from the last to the first.
 */
const entries: Inventory = {
  // Erased last: the erasure of the others writes here.
  figureChanges: {
    holds: "customers whose figures wait to be counted anew",
    columns: { customerId: "customerId" },
    lifetime: { kind: "verb", verb: "figures.recount", note: "seconds after the change" },
    ...ofCustomer,
    merge: "own",
  },
  profiles: {
    holds: "customers: history, preference vector, traits, consents",
    columns: {
      customerId: "customerId",
      mergedInto: "customerId",
      history: "personal",
      vector: "personal",
      vectorRelease: "none",
      stage: "none",
      traits: "personal",
      traitTimes: "personal",
      claimedTraits: "personal",
      claimedTraitTimes: "personal",
      consents: "personal",
    },
    lifetime: { kind: "customer" },
    ...ofCustomer,
    merge: "own",
  },
  customerFigures: {
    holds: "what each customer adds to figures; what was added stays in the sums",
    columns: { customerId: "customerId", counted: "personal" },
    lifetime: { kind: "customer" },
    ...ofCustomer,
    merge: "own",
  },
  contacts: {
    holds: "what each customer has lately been offered",
    columns: { customerId: "customerId", reservations: "personal" },
    lifetime: {
      kind: "rows",
      days: 100,
      since: "updated_at",
      where: sql`not jsonb_path_exists(reservations, '$[*] ? (@.expiresAt > $now)',
        jsonb_build_object('now', ${epochMs("clock_timestamp()")}))`,
      unindexed: true,
    },
    ...ofCustomer,
    merge: "own",
  },
  identifiers: {
    holds: "what customers are known by: user ids, devices, e-mail addresses, phones, cards",
    columns: { type: "none", value: "identifier", customerId: "customerId", trust: "none" },
    lifetime: { kind: "customer" },
    ...ofCustomer,
    merge: "move",
  },
  recordIdentifiers: {
    holds: "evidence of who is who: identifiers that came together, and when that was told",
    columns: {
      customerId: "customerId",
      recordId: "recordId",
      type: "none",
      value: "identifier",
      given: "identifier",
      messageId: "recordId",
    },
    lifetime: { kind: "customer" },
    ...ofCustomer,
    merge: "own",
  },
  recordTraits: {
    holds: "what each source said of a customer, and when",
    columns: {
      customerId: "customerId",
      recordId: "recordId",
      name: "none",
      value: "personal",
      messageId: "recordId",
    },
    lifetime: { kind: "customer" },
    ...ofCustomer,
    merge: "own",
  },
  identityModels: {
    holds: "how records agree: weights, and values that two and more people share",
    columns: { model: "none", summary: "none" },
    lifetime: { kind: "verb", verb: "resolutions.saveModel", note: "replaced by the next `beforehand resolve`" },
    ...nobody,
  },
  identityCandidates: {
    holds: "pairs of records that may be one person, for review",
    columns: { recordA: "recordId", recordB: "recordId", weights: "personal" },
    lifetime: {
      kind: "verb",
      verb: "resolutions.replaceCandidates",
      note: "replaced by the next `beforehand resolve` unless somebody gave a verdict",
    },
    ...ofCustomer,
    ownedBy({ customerId }) {
      const own = anyOwnRecord(customerId)
      return sql`(record_a, record_b) in (select record_a, record_b from identity_candidates where record_a = ${own} union
        select record_a, record_b from identity_candidates where record_b = ${own})`
    },
  },
  recordLinks: {
    holds: "why records are, or are not, one person",
    columns: {
      recordA: "recordId",
      recordB: "recordId",
      verdict: "none",
      origin: "none",
      detail: "personal",
      actor: "staff",
    },
    lifetime: { kind: "customer" },
    ...ofCustomer,
    ownedBy: ({ customerId }) => sql`id = ${anyOwnLink(customerId)}`,
  },
  consentStatements: {
    holds: "every statement about consent, as it came",
    columns: { customerId: "customerId", id: "none", recordId: "recordId", purpose: "none", statement: "personal" },
    lifetime: { kind: "customer" },
    ...ofCustomer,
    merge: "move",
  },
  events: {
    holds: "what customers did",
    columns: {
      customerId: "customerId",
      messageId: "recordId",
      name: "personal",
      lines: "personal",
      channel: "none",
      properties: "personal",
      trust: "none",
      givenName: "personal",
      recordId: "recordId",
    },
    lifetime: { kind: "partitions", days: "events", periodDays: 28, dividedBy: "time" },
    ...ofCustomer,
    merge: "move",
  },
  decisions: {
    holds: "answers to questions about customers, with their trace",
    columns: {
      customerId: "customerId",
      id: "recordId",
      verb: "none",
      placement: "none",
      channel: "none",
      kind: "none",
      offerId: "none",
      releaseId: "none",
      policyVersion: "none",
      trace: "personal",
      recordId: "recordId",
      linkClicks: "personal",
      arm: "none",
    },
    lifetime: withDecisions,
    ...ofCustomer,
    merge: "move",
  },
  decisionIndex: {
    holds: "whose decision an id is",
    columns: { id: "recordId", customerId: "customerId" },
    lifetime: withDecisions,
    ...ofCustomer,
    merge: "move",
  },
  outcomes: {
    holds: "what came of decisions",
    columns: {
      customerId: "customerId",
      decisionId: "recordId",
      messageId: "recordId",
      outcome: "none",
      value: "personal",
    },
    lifetime: withDecisions,
    ...ofCustomer,
    merge: "move",
  },
  contents: {
    holds: "content rendered for customers",
    columns: {
      customerId: "customerId",
      placement: "none",
      campaign: "personal",
      slot: "personal",
      format: "none",
      decisionId: "recordId",
      body: "personal",
    },
    lifetime: { kind: "rows", days: "contents", since: "created_at" },
    ...ofCustomer,
    merge: "own",
  },
  sends: {
    holds: "items that plans propose to customers, the holdout included",
    columns: {
      customerId: "customerId",
      id: "recordId",
      planId: "none",
      itemId: "none",
      autonomyLevel: "none",
      state: "none",
      segment: "none",
      times: "personal",
      terms: "personal",
      arm: "none",
    },
    lifetime: {
      kind: "rows",
      days: "sends",
      since: "created_at",
      where: sql`state not in ('reserved', 'dispatched', 'delivered')`,
      unindexed: true,
      index: "send_index",
      note: "unless still on its way",
    },
    ...ofCustomer,
    merge: "move",
  },
  experimentExposures: {
    holds: "arms of experiments that were assigned elsewhere, by customer",
    columns: { customerId: "customerId", experimentId: "none", arm: "personal" },
    lifetime: { kind: "rows", days: "decisions", since: "at", unindexed: true },
    ...ofCustomer,
    merge: "own",
  },
  sendIndex: {
    holds: "whose send an id is",
    columns: { id: "recordId", customerId: "customerId" },
    lifetime: { kind: "with", table: "sends" },
    ...ofCustomer,
    merge: "move",
  },
  webhookMessages: {
    holds: "messages to the shop's systems",
    columns: {
      id: "recordId",
      customerId: "customerId",
      subject: "recordId",
      type: "none",
      body: "personal",
      dedupKey: "recordId",
    },
    lifetime: {
      kind: "rows",
      days: "webhooks",
      since: "created_at",
      where: sql`not exists (
        select from webhook_deliveries join webhook_endpoints endpoint on endpoint.id = endpoint_id
        where message_id = webhook_messages.id and state = 'waiting' and disabled_at is null)`,
      note: "unless still waiting to be delivered",
    },
    ...ofCustomer,
    merge: "move",
  },
  webhookDeliveries: {
    holds: "deliveries of those messages",
    columns: {
      messageId: "recordId",
      endpointId: "none",
      subject: "recordId",
      state: "none",
      claim: "none",
      lastError: "none",
    },
    lifetime: { kind: "with", table: "webhook_messages" },
    export: { no: "says how a message was delivered, nothing of the customer beyond the message" },
    erasure: { with: "webhook_messages" },
    ownedBy: ({ customerId }) => sql`message_id in (select id from webhook_messages where customer_id = ${customerId})`,
  },
  triggerFirings: {
    holds: "what triggers did for customers",
    columns: {
      customerId: "customerId",
      placement: "none",
      trigger: "none",
      firingWindow: "personal",
      decisionId: "recordId",
    },
    // Longer than any trigger looks back.
    lifetime: { kind: "rows", days: 100, since: "at" },
    ...ofCustomer,
    merge: "own",
  },
  supplyHolds: {
    holds: "what decisions and sends reserve of limited supplies",
    columns: { decisionId: "recordId", key: "none" },
    lifetime: { kind: "verb", verb: "capacities.releaseExpired", note: "until used or expired" },
    export: { no: "an amount of stock or budget; what it is reserved for is exported" },
    erasure: { step: "given back to the supply" },
    ownedBy: ({ customerId }) => sql`decision_id in (
      select id from decision_index where customer_id = ${customerId} union all
      select id from send_index where customer_id = ${customerId})`,
  },
  identifierCounterparts: {
    holds: "which identifiers came together, under pseudonyms",
    columns: { identifier: "identifier", counterpart: "identifier", type: "none" },
    lifetime: { kind: "rows", days: counterpartDays, since: "seen_at" },
    export: { no: "pseudonyms, those of other persons among them; the identifiers are exported" },
    erasure: "delete",
    // Arrays, because either index is used for them; of two subqueries joined by `or` the whole table is read.
    ownedBy({ customerId, pseudonyms }) {
      const own = sql`any(array(select ${customerId}::uuid union all select * from ${pseudonyms} as own))`
      return sql`identifier = ${own} or counterpart = ${own}`
    },
  },
  sharedIdentifiers: {
    holds: "identifiers that many share, so that they identify nobody; those that the shop allowed again",
    columns: { type: "none", value: "identifier" },
    lifetime: { kind: "kept", because: "forgetting one would join the next persons who give it" },
    export: "rows",
    erasure: "delete",
    // Those not allowed are nobody's: the mark of a till's address must outlive the customers it was once given for.
    ownedBy: ({ customerId }) => sql`allowed_at is not null
      and (type, value) in (select type, value from identifiers where customer_id = ${customerId})`,
  },
  auditLog: {
    holds: "who changed what: settings, policies, consents, erasures",
    columns: {
      actorKind: "none",
      actorId: "staff",
      actorName: "staff",
      action: "none",
      subjectKind: "none",
      subjectId: "identifier",
      customerId: "customerId",
      before: "personal",
      after: "personal",
      requestId: "none",
    },
    lifetime: { kind: "rows", days: "audit", since: "at" },
    export: "rows",
    erasure: {
      clear: ["subject_id", "customer_id", "before", "after"],
      because: "that somebody changed something stays on record, the customer it was about does not",
    },
    // By id, because either index is used then; of two conditions joined by `or` the whole table is read.
    ownedBy: ({ customerId }) => sql`id = any(array(
      select id from audit_log where customer_id = ${customerId} union
      select id from audit_log where subject_kind = 'identifier' and subject_id = any(array(
        select type || ':' || value from identifiers where customer_id = ${customerId}))))`,
    merge: "move",
  },
  messages: {
    holds: "ids of accepted messages",
    columns: { messageId: "recordId" },
    lifetime: { kind: "partitions", days: "messages", periodDays: 7, dividedBy: "time", ownKey: "message_id" },
    export: { no: "not linked to a customer; the events carry the same ids" },
    erasure: { keep: "so that a late retry of an erased customer's message brings nothing back" },
  },
  items: {
    holds: "the catalogue",
    columns: { id: "none", item: "none", fieldTimes: "none" },
    lifetime: {
      kind: "rows",
      days: 100,
      since: "updated_at",
      where: sql`deleted_at is not null`,
      note: "after deletion",
    },
    ...nobody,
  },
  offers: {
    holds: "offers",
    columns: { id: "none", offer: "none" },
    lifetime: {
      kind: "rows",
      days: 100,
      since: "updated_at",
      where: sql`deleted_at is not null`,
      note: "after deletion",
    },
    ...nobody,
  },
  experiments: {
    holds: "designs of experiments",
    columns: { id: "none", design: "none", placement: "none" },
    lifetime: { kind: "kept", because: "decisions name the experiment they were made in" },
    ...nobody,
  },
  policies: {
    holds: "versions of policies",
    columns: { placement: "none", version: "none", policy: "none" },
    lifetime: { kind: "kept", because: "decisions name the version they were made under" },
    ...nobody,
  },
  supplies: {
    holds: "how much of stock, budgets and caps is used",
    columns: { key: "none" },
    lifetime: { kind: "kept", because: "one count for each limited item, offer and budget" },
    ...nobody,
  },
  webhookEndpoints: {
    holds: "webhook endpoints and their secrets",
    columns: { id: "none", url: "none", types: "none", secret: "secret", formerSecret: "secret" },
    lifetime: { kind: "kept", because: "until the shop deletes the endpoint" },
    ...nobody,
  },
  plans: {
    holds: "plans: what was asked, counts of what came of it",
    columns: {
      id: "none",
      name: "staff",
      status: "none",
      request: "none",
      releaseId: "none",
      summary: "none",
      monitoring: "none",
      reason: "staff",
    },
    lifetime: { kind: "kept", because: "the shop's record of what it approved; counts, no customers" },
    ...nobody,
  },
  keys: {
    holds: "API keys: hashes, names and scopes",
    columns: { id: "none", name: "staff", scope: "none", hash: "secret", prefix: "secret" },
    lifetime: { kind: "kept", because: "a revoked key still names who made a change" },
    ...nobody,
  },
  artifacts: {
    holds: "trained models: what they were made from",
    columns: { id: "none", model: "none", manifest: "none", digest: "none" },
    lifetime: release,
    ...nobody,
  },
  artifactChunks: {
    holds: "trained models: tensors over items and features, no rows of customers",
    columns: { artifactId: "none", bytes: "none" },
    lifetime: release,
    ...nobody,
  },
  releases: {
    holds: "which artifacts go live together",
    columns: { id: "none", artifacts: "none", manifest: "none" },
    lifetime: release,
    ...nobody,
  },
  promotions: {
    holds: "when which release went live",
    columns: { releaseId: "none" },
    lifetime: { kind: "kept", because: "one row a promotion" },
    ...nobody,
  },
  evaluations: {
    holds: "evaluation reports: means over customers",
    columns: { id: "none", releaseId: "none", report: "none" },
    lifetime: release,
    ...nobody,
  },
  trainings: {
    holds: "how many trainings ended how, and when last",
    columns: { result: "none" },
    lifetime: { kind: "kept", because: "a row a result, of which there are six" },
    ...nobody,
  },
  shopSettings: {
    holds: "versions of the shop's settings",
    columns: { settings: "none", changedBy: "staff" },
    lifetime: { kind: "kept", because: "says who set what when" },
    ...nobody,
  },
  goals: {
    holds: "goals of the shop",
    columns: { id: "none", goal: "none" },
    lifetime: { kind: "kept", because: "one row a goal" },
    ...nobody,
  },
  figureDeltas: {
    holds: "figures of goals: sums over customers",
    columns: { quarter: "none", arm: "none", goal: "none", by: "none", slice: "none", currency: "none" },
    lifetime: { kind: "kept", because: "sums by day" },
    ...nobody,
  },
  figureEnrolments: {
    holds: "how far all customers are counted in a quarter",
    columns: { name: "none", after: "none" },
    lifetime: { kind: "kept", because: "one row a quarter" },
    ...nobody,
  },
  settings: {
    holds: "the installation's secrets",
    columns: { name: "none", value: "secret" },
    lifetime: { kind: "kept", because: "customer ids and tokens are made with them" },
    ...nobody,
  },
  leases: {
    holds: "which process does which background work",
    columns: { name: "none", holder: "none" },
    lifetime: { kind: "kept", because: "one row for each kind of work" },
    ...nobody,
  },
}

export interface InventoryTable extends TableEntry {
  /** Its name in the database. */
  name: string
  /** Its columns in the database, in the schema's order. */
  allColumns: readonly { key: string; name: string; type: string }[]
  /** The columns of its primary key; none where its partitions have one each. */
  keyColumns: readonly string[]
}

const tables: Readonly<Record<TableKey, PgTable>> = { ...schema }

function tableOf(key: TableKey): InventoryTable {
  const table = tables[key]
  const allColumns = Object.entries(getTableColumns(table)).map(([columnKey, column]) => ({
    key: columnKey,
    name: column.name,
    type: column.getSQLType(),
  }))
  const { columns, primaryKeys } = getTableConfig(table)
  const keyColumns = (primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary)).map(({ name }) => name)
  return { ...(entries[key] as TableEntry), name: getTableName(table), allColumns, keyColumns }
}

/** Every table of the database, in the inventory's order. */
export const dataInventory: readonly InventoryTable[] = (Object.keys(entries) as TableKey[]).map(tableOf)

const isOwnedByCustomer = ({ columns, ownedBy }: InventoryTable) =>
  ownedBy !== undefined || Object.values(columns).includes("customerId")

/** Tables with rows of customers. */
export const customerTables: readonly InventoryTable[] = dataInventory.filter(isOwnedByCustomer)

/** Returns the condition for the rows of a table that are the owner's. */
export const rowsOwnedBy = ({ ownedBy }: Pick<InventoryTable, "ownedBy">, owner: Owner): SQL =>
  ownedBy === undefined ? sql`customer_id = ${owner.customerId}` : sql`(${ownedBy(owner)})`
