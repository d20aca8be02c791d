import { sql } from "drizzle-orm"
import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core"
import type { Actor } from "../../core/access/actor.ts"
import type { AuditAction, AuditSubjectKind } from "../../core/access/audit-action.ts"
import type { Scope } from "../../core/access/scope.ts"
import type { Item } from "../../core/catalogue/item.ts"
import type { Offer } from "../../core/catalogue/offer.ts"
import type { Consents, HeldConsent } from "../../core/customer/consent.ts"
import type { Arm } from "../../core/decision/arm.ts"
import type { Reservation } from "../../core/decision/contact.ts"
import type { ExperimentDraft } from "../../core/experiment/experiment-schema.ts"
import type { Event, ProductLine } from "../../core/history/event.ts"
import type { History } from "../../core/history/history.ts"
import type { LinkClicks } from "../../core/history/machine-click.ts"
import type { SendState, SendTimes } from "../../core/history/send-state.ts"
import type { LinkDetail, LinkOrigin, LinkVerdict } from "../../core/identity/record-link.ts"
import type { ResolutionSummary } from "../../core/identity/resolution.ts"
import type { FieldWeight } from "../../core/identity/resolve/weigh-fields.ts"
import type { CountedCustomer } from "../../core/insight/figure-cells.ts"
import type { PutGoal } from "../../core/insight/goal.ts"
import type { PlanMonitoring, PlanStatus, PlanSummary, ReservationTerms } from "../../core/plan/plan-schema.ts"
import type { AutonomyLevel } from "../../core/policy/autonomy-levels.ts"
import type { PlanRequest } from "../../core/policy/plan-request.ts"
import type { PolicyDraft } from "../../core/policy/policy.ts"
import type { TrainingResult } from "../../core/release/training-result.ts"
import type { Channel, ConsentPurpose } from "../../core/schema/channel.ts"
import type { ShopSettings } from "../../core/settings/shop-settings.ts"

const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" })
const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date", precision: 3 })

/** Written by events: what a customer did and the vector derived from it. `mergedInto` makes the row a forwarding row. */
export const profiles = pgTable(
  "profiles",
  {
    customerId: uuid("customer_id").primaryKey(),
    version: bigint("version", { mode: "number" }).notNull().default(1),
    mergedInto: uuid("merged_into"),
    history: jsonb("history").$type<History>().notNull(),
    /** Below the current one, the history waits to be folded anew. */
    historyFormat: smallint("history_format").notNull().default(1),
    vector: bytes("vector"),
    vectorRelease: uuid("vector_release"),
    stage: text("stage").notNull(),
    traits: jsonb("traits").$type<Record<string, unknown>>().notNull().default({}),
    /** Time when each trait was said, milliseconds since the epoch; a time without a trait: it was removed. */
    traitTimes: jsonb("trait_times").$type<Record<string, number>>().notNull().default({}),
    /** Traits claimed by browsers: no rule, template or model sees it. */
    claimedTraits: jsonb("claimed_traits").$type<Record<string, unknown>>().notNull().default({}),
    claimedTraitTimes: jsonb("claimed_trait_times").$type<Record<string, number>>().notNull().default({}),
    consents: jsonb("consents").$type<Consents>().notNull().default({}),
    createdAt: at("created_at").notNull(),
    updatedAt: at("updated_at").notNull(),
  },
  (table) => [
    index("profiles_merged").on(table.mergedInto).where(sql`merged_into is not null`),
    index("profiles_outdated").on(table.customerId).where(sql`history_format < 2 and merged_into is null`),
    // Without a list of pending entries, which a search would have to read whole.
    index("profiles_names")
      .using("gin", sql`name_words(traits)`)
      .with({ fastupdate: false })
      .where(sql`has_name(traits)`),
  ],
)

/** Written by decisions: what the customer has been, or may still be, shown. */
export const contacts = pgTable("contacts", {
  customerId: uuid("customer_id").primaryKey(),
  version: bigint("version", { mode: "number" }).notNull().default(1),
  reservations: jsonb("reservations").$type<Reservation[]>().notNull().default([]),
  updatedAt: at("updated_at").notNull(),
})

export const identifiers = pgTable(
  "identifiers",
  {
    type: text("type").notNull(),
    value: text("value").notNull(),
    customerId: uuid("customer_id").notNull(),
    attachedAt: at("attached_at").notNull(),
    /** `claimed`: a public key attached it, and no server has named it since. */
    trust: text("trust").$type<"claimed">(),
    /** Time when a claimed one was last used, to the day. */
    usedAt: at("used_at"),
  },
  (table) => [
    primaryKey({ columns: [table.type, table.value] }),
    index("identifiers_customer").on(table.customerId),
    index("identifiers_beginning").on(table.type, table.value.op("text_pattern_ops")).where(sql`type <> 'anonymousId'`),
    index("identifiers_ending")
      .on(table.type, sql`reverse(value) text_pattern_ops`)
      .where(sql`type in ('phone', 'loyaltyCard')`),
  ],
)

/**
 * Evidence of who is who: the identifiers that came under each record. A record is what a source calls a person: that of an event is
 * named by its first identifier, and has the id derived from it. A join moves rows to another customer and changes nothing else.
 * Code of before, which erases customers beside this one, knows nothing of these tables: their rows go with the profile.
 */
export const recordIdentifiers = pgTable(
  "record_identifiers",
  {
    customerId: uuid("customer_id")
      .notNull()
      .references(() => profiles.customerId, { onDelete: "cascade" }),
    recordId: uuid("record_id").notNull(),
    type: text("type").notNull(),
    value: text("value").notNull(),
    /** As its sender wrote it, where that is another spelling. */
    given: text("given"),
    at: at("at").notNull(),
    toldAt: at("told_at").notNull(),
    messageId: text("message_id").notNull(),
    /** True if a public key told it. */
    claimed: boolean("claimed").notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.customerId, table.recordId, table.type, table.value, table.claimed] }),
    index("record_identifiers_record").on(table.recordId),
  ],
)

/** Statements of records about traits; JSON `null` removes a trait. */
export const recordTraits = pgTable(
  "record_traits",
  {
    customerId: uuid("customer_id")
      .notNull()
      .references(() => profiles.customerId, { onDelete: "cascade" }),
    recordId: uuid("record_id").notNull(),
    name: text("name").notNull(),
    value: jsonb("value").notNull(),
    at: at("at").notNull(),
    /** Time for which the record last said the same. */
    repeatedAt: at("repeated_at").notNull(),
    toldAt: at("told_at").notNull(),
    messageId: text("message_id").notNull(),
    claimed: boolean("claimed").notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.customerId, table.recordId, table.name, table.at, table.messageId] })],
)

/**
 * Append-only: statements that two records are, or are not, one person, the lesser id first. Of a pair the newest word holds; without
 * one, any rule that joined it, then the newest score. Links are between records, so a join or a split of customers moves none.
 */
export const recordLinks = pgTable(
  "record_links",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    recordA: uuid("record_a").notNull(),
    recordB: uuid("record_b").notNull(),
    verdict: text("verdict").$type<LinkVerdict>().notNull(),
    origin: text("origin").$type<LinkOrigin>().notNull(),
    /** Rule: the identifier that both came with; score: weights by field; word: the note. */
    detail: jsonb("detail").$type<LinkDetail>().notNull().default({}),
    /** Score: P(one person). */
    posterior: doublePrecision("posterior"),
    /** Word: who said it. */
    actor: jsonb("actor").$type<Omit<Actor, "requestId">>(),
    at: at("at").notNull(),
  },
  (table) => [
    index("record_links_a").on(table.recordA, table.recordB, table.id),
    index("record_links_b").on(table.recordB, table.id),
  ],
)

/** Ledger of consents: every statement as it came, nothing overwritten. */
export const consentStatements = pgTable(
  "consent_statements",
  {
    customerId: uuid("customer_id")
      .notNull()
      .references(() => profiles.customerId, { onDelete: "cascade" }),
    id: uuid("id").notNull().defaultRandom(),
    /** Record of which it was said; null: of the customer by id, or through the link of a decision. */
    recordId: uuid("record_id"),
    purpose: text("purpose").$type<ConsentPurpose>().notNull(),
    statement: jsonb("statement").$type<HeldConsent>().notNull(),
    toldAt: at("told_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.customerId, table.id] })],
)

/** Weights and counts that the resolver learnt last; a later run replaces them. */
export const identityModels = pgTable("identity_models", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  madeAt: at("made_at").notNull(),
  /** JSON, compressed by gzip. */
  model: bytes("model").notNull(),
  summary: jsonb("summary").$type<ResolutionSummary>().notNull(),
})

/** Pairs of records of two customers who may be one person, the lesser id first; they wait for somebody's word. */
export const identityCandidates = pgTable(
  "identity_candidates",
  {
    recordA: uuid("record_a").notNull(),
    recordB: uuid("record_b").notNull(),
    /** P(one person) by the model. */
    posterior: doublePrecision("posterior").notNull(),
    weights: jsonb("weights").$type<readonly FieldWeight[]>().notNull(),
    worth: doublePrecision("worth").notNull(),
    foundAt: at("found_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.recordA, table.recordB] }),
    index("identity_candidates_b").on(table.recordB),
    index("identity_candidates_worth").on(table.worth.desc(), table.recordA, table.recordB),
  ],
)

/** Pairs of identifiers seen together, under pseudonyms, to find those that many share. */
export const identifierCounterparts = pgTable(
  "identifier_counterparts",
  {
    identifier: uuid("identifier").notNull(),
    counterpart: uuid("counterpart").notNull(),
    /** Of the counterpart. */
    type: text("type").notNull(),
    seenAt: at("seen_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.identifier, table.counterpart] }),
    index("identifier_counterparts_other").on(table.counterpart),
    index("identifier_counterparts_seen").on(table.seenAt),
  ],
)

/** Identifiers that many share, and so nobody's; the shop may say that one is somebody's after all. */
export const sharedIdentifiers = pgTable(
  "shared_identifiers",
  {
    type: text("type").notNull(),
    value: text("value").notNull(),
    since: at("since").notNull(),
    allowedAt: at("allowed_at"),
  },
  (table) => [primaryKey({ columns: [table.type, table.value] })],
)

/**
 * One row a message accepted, whoever it concerned, so that a retry is harmless even after a merge. In partitions by time of
 * receipt; the id is the primary key of each partition, because a key of them all would have to hold the time too.
 */
export const messages = pgTable("messages", {
  messageId: text("message_id").notNull(),
  receivedAt: at("received_at").notNull(),
})

/** In partitions by time of receipt, so that a past imported today lives as long as what happens today. */
export const events = pgTable(
  "events",
  {
    customerId: uuid("customer_id").notNull(),
    at: at("at").notNull(),
    messageId: text("message_id").notNull(),
    name: text("name").notNull(),
    lines: jsonb("lines").$type<readonly ProductLine[]>().notNull(),
    channel: text("channel").$type<Channel>(),
    properties: jsonb("properties").$type<Readonly<Record<string, unknown>>>().notNull(),
    receivedAt: at("received_at").notNull(),
    /** Null: that of a source that may say so. */
    trust: text("trust").$type<NonNullable<Event["trust"]>>(),
    /** The sender's name for it, where `name` is another. */
    givenName: text("given_name"),
    /** The record that it came under; null: of an unknown origin, from before records were kept. */
    recordId: uuid("record_id"),
  },
  (table) => [
    primaryKey({ columns: [table.customerId, table.at, table.messageId, table.receivedAt] }),
    index("events_claimed").on(table.customerId).where(sql`trust is not null`),
    index("events_at").on(table.at),
    index("events_order").on(sql`(properties ->> 'orderId')`).where(sql`properties ? 'orderId'`),
  ],
)

/** In partitions by id, which begins with its time; so are `decisionIndex`, and `outcomes` by their decision's id. */
export const decisions = pgTable(
  "decisions",
  {
    customerId: uuid("customer_id").notNull(),
    at: at("at").notNull(),
    id: uuid("id").notNull(),
    verb: text("verb").$type<"recommend" | "rank" | "decide" | "content">().notNull(),
    placement: text("placement").notNull(),
    channel: text("channel").$type<Channel>(),
    kind: text("kind"),
    offerId: text("offer_id"),
    releaseId: uuid("release_id"),
    policyVersion: text("policy_version").notNull(),
    /** `recommend` and `rank`: ranked ids and scores. `decide` and `content`: every candidate with stage, terms and probability. */
    trace: jsonb("trace").$type<Record<string, unknown>>().notNull(),
    expiresAt: at("expires_at"),
    activatedAt: at("activated_at"),
    /** By the caller's clock, where that differs from what counts. */
    activationReportedAt: at("activation_reported_at"),
    /** P(accept | offered) of the chosen offer before any acceptance was known; null: without a prior. */
    expectedAcceptance: doublePrecision("expected_acceptance"),
    /** Record that its customer was asked for by; null: their id, or nobody asked. */
    recordId: uuid("record_id"),
    /** Clicks on its links; null: none. */
    linkClicks: jsonb("link_clicks").$type<LinkClicks>(),
    /** Arm that its customer was in; null: decided before there were arms. */
    arm: text("arm").$type<Arm>(),
  },
  (table) => [
    primaryKey({ columns: [table.customerId, table.at, table.id] }),
    index("decisions_at").on(table.at),
    index("decisions_offered").on(table.at).where(sql`offer_id is not null`),
  ],
)

export const decisionIndex = pgTable(
  "decision_index",
  {
    id: uuid("id").primaryKey(),
    customerId: uuid("customer_id").notNull(),
    at: at("at").notNull(),
  },
  (table) => [index("decision_index_customer").on(table.customerId)],
)

export const outcomes = pgTable(
  "outcomes",
  {
    customerId: uuid("customer_id").notNull(),
    decisionId: uuid("decision_id").notNull(),
    messageId: text("message_id").notNull(),
    outcome: text("outcome").notNull(),
    at: at("at").notNull(),
    value: jsonb("value").$type<number>(),
    /** By the caller's clock, where that differs from what counts. */
    reportedAt: at("reported_at"),
  },
  (table) => [
    primaryKey({ columns: [table.customerId, table.decisionId, table.messageId] }),
    index("outcomes_at").on(table.at),
  ],
)

/** Rendered bytes under the natural key of content; written once, never changed, and deleted after their lifetime. */
export const contents = pgTable(
  "contents",
  {
    customerId: uuid("customer_id").notNull(),
    placement: text("placement").notNull(),
    campaign: text("campaign").notNull(),
    slot: text("slot").notNull(),
    format: text("format").notNull(),
    decisionId: uuid("decision_id").notNull(),
    body: bytes("body").notNull(),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.customerId, table.placement, table.campaign, table.slot, table.format] }),
    // Rows come in order of time, so that a few bytes for many pages find the old ones.
    index("contents_created").using("brin", table.createdAt),
  ],
)

/** A deleted item stays as a tombstone, so that processes that follow the catalogue notice. */
export const items = pgTable(
  "items",
  {
    id: text("id").primaryKey(),
    item: jsonb("item").$type<Item>().notNull(),
    /**
     * Time when each field was stated, milliseconds since the epoch, `""` that of all others; a time without a field: it was removed.
     * Null: all were stated at once, by `updatedAt` or at `updated_at`.
     */
    fieldTimes: jsonb("field_times").$type<Record<string, number>>(),
    updatedAt: at("updated_at").notNull(),
    deletedAt: at("deleted_at"),
  },
  (table) => [index("items_updated").on(table.updatedAt)],
)

export const offers = pgTable(
  "offers",
  {
    id: text("id").primaryKey(),
    offer: jsonb("offer").$type<Offer>().notNull(),
    updatedAt: at("updated_at").notNull(),
    deletedAt: at("deleted_at"),
  },
  (table) => [index("offers_updated").on(table.updatedAt)],
)

/** Append-only: the policy in force of a placement is that of its highest number. */
export const policies = pgTable(
  "policies",
  {
    placement: text("placement").notNull(),
    number: integer("number").notNull(),
    version: text("version").notNull(),
    policy: jsonb("policy").$type<PolicyDraft>().notNull(),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.placement, table.number] }),
    uniqueIndex("policies_version").on(table.version),
  ],
)

/** Used and reserved amounts of limited capacities. */
export const supplies = pgTable("supplies", {
  key: text("key").primaryKey(),
  used: doublePrecision("used").notNull().default(0),
  held: doublePrecision("held").notNull().default(0),
  updatedAt: at("updated_at").notNull(),
})

/** Capacity reserved by a decision until it is used or expires. */
export const supplyHolds = pgTable(
  "supply_holds",
  {
    decisionId: uuid("decision_id").notNull(),
    key: text("key").notNull(),
    amount: doublePrecision("amount").notNull(),
    expiresAt: at("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.decisionId, table.key] }),
    index("supply_holds_expiry").on(table.key, table.expiresAt),
  ],
)

/** Webhook endpoints; `types` null: all types. Secrets sign what is sent, so they are kept as they are. */
export const webhookEndpoints = pgTable("webhook_endpoints", {
  id: uuid("id").primaryKey(),
  url: text("url").notNull(),
  types: jsonb("types").$type<readonly string[]>(),
  secret: bytes("secret").notNull(),
  /** Signs beside the new one until then, so that a receiver may change over. */
  formerSecret: bytes("former_secret"),
  formerUntil: at("former_until"),
  createdAt: at("created_at").notNull(),
  disabledAt: at("disabled_at"),
})

/** Webhook messages, written in the transaction of the change they report; their bytes never change. */
export const webhookMessages = pgTable(
  "webhook_messages",
  {
    id: uuid("id").primaryKey().default(sql`gen_random_uuid()`),
    customerId: uuid("customer_id"),
    subject: text("subject").notNull(),
    type: text("type").notNull(),
    body: text("body").notNull(),
    dedupKey: text("dedup_key"),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("webhook_messages_dedup").on(table.dedupKey),
    index("webhook_messages_customer").on(table.customerId).where(sql`customer_id is not null`),
    index("webhook_messages_created").on(table.createdAt),
  ],
)

/** One message to one endpoint; those of one subject go out in the order of their sequence. */
export const webhookDeliveries = pgTable(
  "webhook_deliveries",
  {
    sequence: bigint("sequence", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    messageId: uuid("message_id")
      .notNull()
      .references(() => webhookMessages.id, { onDelete: "cascade" }),
    endpointId: uuid("endpoint_id")
      .notNull()
      .references(() => webhookEndpoints.id, { onDelete: "cascade" }),
    subject: text("subject").notNull(),
    state: text("state").$type<"waiting" | "delivered" | "dead">().notNull().default("waiting"),
    /** True if it is the first of its subject that is not delivered; only such go out. */
    first: boolean("first").notNull().default(false),
    attempts: integer("attempts").notNull().default(0),
    /** Time when it may be sent; while somebody sends it, until when it is theirs. */
    dueAt: at("due_at").notNull(),
    claim: uuid("claim"),
    lastStatus: integer("last_status"),
    lastError: text("last_error"),
    settledAt: at("settled_at"),
  },
  (table) => [
    index("webhook_deliveries_message").on(table.messageId),
    index("webhook_deliveries_due").on(table.endpointId, table.dueAt).where(sql`state = 'waiting' and first`),
    index("webhook_deliveries_order")
      .on(table.endpointId, table.subject, table.sequence)
      .where(sql`state <> 'delivered'`),
    index("webhook_deliveries_dead").on(table.sequence).where(sql`state = 'dead'`),
  ],
)

/** Firings of triggers, one a customer and window. */
export const triggerFirings = pgTable(
  "trigger_firings",
  {
    customerId: uuid("customer_id").notNull(),
    placement: text("placement").notNull(),
    trigger: text("trigger").notNull(),
    /** The start of the window that it fires once in, or the time of its schedule. */
    firingWindow: text("firing_window").notNull(),
    decisionId: uuid("decision_id"),
    at: at("at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.customerId, table.placement, table.trigger, table.firingWindow] }),
    index("trigger_firings_at").on(table.at),
  ],
)

/** Plans: request, summary of the choice, and monitoring. */
export const plans = pgTable(
  "plans",
  {
    id: uuid("id").primaryKey(),
    name: text("name").notNull(),
    status: text("status").$type<PlanStatus>().notNull(),
    request: jsonb("request").$type<PlanRequest>().notNull(),
    releaseId: uuid("release_id"),
    /** Counts, exclusions, dual prices and curve; `null` while the plan is being made. */
    summary: jsonb("summary").$type<PlanSummary>(),
    /** Monitors' results over the sends resolved so far; `null` before the start. */
    monitoring: jsonb("monitoring").$type<PlanMonitoring>(),
    reason: text("reason"),
    createdAt: at("created_at").notNull(),
    plannedAt: at("planned_at"),
    approvedAt: at("approved_at"),
    startedAt: at("started_at"),
    endedAt: at("ended_at"),
  },
  (table) => [index("plans_open").on(table.createdAt).where(sql`status <> 'done'`)],
)

export const experiments = pgTable(
  "experiments",
  {
    id: text("id").primaryKey(),
    design: jsonb("design").$type<ExperimentDraft>().notNull(),
    /** Null: arms are assigned elsewhere. */
    placement: text("placement"),
    startedAt: at("started_at").notNull(),
    stoppedAt: at("stopped_at"),
  },
  (table) => [
    uniqueIndex("experiments_running").on(table.placement).where(sql`stopped_at is null and placement is not null`),
  ],
)

/** First exposure of a customer to an arm that was assigned elsewhere. */
export const experimentExposures = pgTable(
  "experiment_exposures",
  {
    customerId: uuid("customer_id").notNull(),
    experimentId: text("experiment_id").notNull(),
    arm: text("arm").notNull(),
    at: at("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.customerId, table.experimentId, table.arm] })],
)

/** One item proposed to one customer by a plan. */
export const sends = pgTable(
  "sends",
  {
    customerId: uuid("customer_id").notNull(),
    id: uuid("id").notNull(),
    planId: uuid("plan_id").notNull(),
    itemId: text("item_id").notNull(),
    autonomyLevel: text("autonomy_level").$type<AutonomyLevel>().notNull(),
    state: text("state").$type<SendState>().notNull(),
    /** Never sent to, so that it is known what would have happened without. */
    inHoldout: boolean("in_holdout").notNull(),
    segment: text("segment").notNull(),
    /** P(kept | sent). */
    keepProbability: doublePrecision("keep_probability").notNull(),
    /** P(bought without a send). */
    organicProbability: doublePrecision("organic_probability").notNull(),
    /** Expected increment in money. */
    expectedValue: doublePrecision("expected_value").notNull(),
    /** Money at risk. */
    money: doublePrecision("money").notNull(),
    gift: boolean("gift").notNull(),
    /** Time when it entered each state, milliseconds since the epoch. */
    times: jsonb("times").$type<SendTimes>().notNull(),
    /** Terms of the reservation: the policy's version, the consent's date, the price promised. */
    terms: jsonb("terms").$type<ReservationTerms>().notNull().default({}),
    createdAt: at("created_at").notNull(),
    /** Until when it may be vetoed, and is not dispatched. */
    vetoUntil: at("veto_until"),
    /** Time when silence ends it: a reservation, a parcel that is on its way, or one that arrived. */
    resolveBy: at("resolve_by"),
    resolvedAt: at("resolved_at"),
    /** Arm that its customer was in when it was proposed; null: proposed before there were arms. */
    arm: text("arm").$type<Arm>(),
  },
  (table) => [
    primaryKey({ columns: [table.customerId, table.id] }),
    index("sends_id").on(table.id),
    index("sends_plan").on(table.planId, table.state, table.id),
    index("sends_due").on(table.resolveBy).where(sql`state in ('reserved', 'dispatched', 'delivered')`),
  ],
)

/** The customer of each send, as `decisionIndex` has that of each decision. */
export const sendIndex = pgTable(
  "send_index",
  {
    id: uuid("id").primaryKey(),
    customerId: uuid("customer_id").notNull(),
  },
  (table) => [index("send_index_customer").on(table.customerId)],
)

/** Goals of the shop, and what it says of the shipped ones. */
export const goals = pgTable("goals", {
  id: text("id").primaryKey(),
  goal: jsonb("goal").$type<PutGoal>().notNull(),
  updatedAt: at("updated_at").notNull(),
})

/** Customers whose figures wait to be counted anew, written by triggers on what figures count; a row lives for seconds. */
export const figureChanges = pgTable(
  "figure_changes",
  {
    customerId: uuid("customer_id").notNull(),
    id: bigint("id", { mode: "number" }).notNull().generatedAlwaysAsIdentity(),
  },
  (table) => [primaryKey({ columns: [table.customerId, table.id] }), index("figure_changes_id").on(table.id)],
)

/** Each customer's part of figures, as they were last counted. */
export const customerFigures = pgTable("customer_figures", {
  customerId: uuid("customer_id")
    .primaryKey()
    .references(() => profiles.customerId, { onDelete: "cascade" }),
  counted: jsonb("counted").$type<CountedCustomer>().notNull(),
})

/** Changes of figures, appended by each count and brought together by day of recording; figures are their sums. */
export const figureDeltas = pgTable(
  "figure_deltas",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    quarter: text("quarter").notNull(),
    /** Days since the epoch, in UTC; null: moments of the quarter over customers. */
    day: integer("day"),
    arm: text("arm").notNull(),
    goal: text("goal").notNull(),
    by: text("by").notNull(),
    slice: text("slice").notNull(),
    currency: text("currency").notNull(),
    customers: integer("customers").notNull(),
    x: doublePrecision("x").notNull(),
    y: doublePrecision("y").notNull(),
    xx: doublePrecision("xx").notNull(),
    yy: doublePrecision("yy").notNull(),
    xy: doublePrecision("xy").notNull(),
    /** Day on which it was counted. */
    recordedDay: integer("recorded_day").notNull(),
    /** True if it is the sum of a day's changes. */
    compacted: boolean("compacted").notNull().default(false),
  },
  (table) => [
    index("figure_deltas_goal").on(table.goal, table.quarter, table.by, table.slice),
    index("figure_deltas_new").on(table.recordedDay).where(sql`not compacted`),
  ],
)

/** Quarters, under the goals of then, in which all customers were, or are being, counted. */
export const figureEnrolments = pgTable("figure_enrolments", {
  name: text("name").primaryKey(),
  /** Place in the order of ids behind which customers wait to be marked; null: before the first, or done. */
  after: uuid("after"),
  done: boolean("done").notNull().default(false),
  startedAt: at("started_at").notNull(),
})

export const keys = pgTable(
  "keys",
  {
    id: uuid("id").primaryKey(),
    name: text("name").notNull(),
    scope: text("scope").$type<Scope>().notNull(),
    /** SHA-256 of the key; keys are 256 random bits, so a slow hash would add nothing. */
    hash: bytes("hash").notNull(),
    prefix: text("prefix").notNull(),
    createdAt: at("created_at").notNull(),
    revokedAt: at("revoked_at"),
  },
  (table) => [uniqueIndex("keys_hash").on(table.hash)],
)

/** Append-only: who changed what, written in the transaction of the change. */
export const auditLog = pgTable(
  "audit_log",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    at: at("at").notNull(),
    actorKind: text("actor_kind").$type<Actor["kind"]>().notNull(),
    actorId: text("actor_id").notNull(),
    actorName: text("actor_name").notNull(),
    action: text("action").$type<AuditAction>().notNull(),
    subjectKind: text("subject_kind").$type<AuditSubjectKind>().notNull(),
    subjectId: text("subject_id"),
    /** The customer that the row names; null: none, or an erased one. */
    customerId: uuid("customer_id"),
    before: jsonb("before").$type<Record<string, unknown>>(),
    after: jsonb("after").$type<Record<string, unknown>>(),
    requestId: text("request_id"),
  },
  (table) => [
    index("audit_log_at").on(table.at, table.id),
    index("audit_log_subject").on(table.subjectKind, table.subjectId, table.at, table.id),
    index("audit_log_customer").on(table.customerId).where(sql`customer_id is not null`),
  ],
)

export const artifacts = pgTable("artifacts", {
  id: uuid("id").primaryKey(),
  model: text("model").notNull(),
  manifest: jsonb("manifest").$type<Record<string, unknown>>().notNull(),
  digest: text("digest").notNull(),
  byteLength: bigint("byte_length", { mode: "number" }).notNull(),
  createdAt: at("created_at").notNull(),
})

export const artifactChunks = pgTable(
  "artifact_chunks",
  {
    artifactId: uuid("artifact_id").notNull(),
    sequence: integer("sequence").notNull(),
    bytes: bytes("bytes").notNull(),
  },
  (table) => [primaryKey({ columns: [table.artifactId, table.sequence] })],
)

/** One artifact per model that go live together. */
export const releases = pgTable("releases", {
  id: uuid("id").primaryKey(),
  artifacts: jsonb("artifacts").$type<Record<string, string>>().notNull(),
  manifest: jsonb("manifest").$type<Record<string, unknown>>().notNull(),
  createdAt: at("created_at").notNull(),
})

/** Append-only: the live release is that of the newest row. */
export const promotions = pgTable("promotions", {
  sequence: bigint("sequence", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  releaseId: uuid("release_id").notNull(),
  at: at("at").notNull(),
  forced: boolean("forced").notNull(),
  rollback: boolean("rollback").notNull(),
})

export const evaluations = pgTable("evaluations", {
  id: uuid("id").primaryKey(),
  releaseId: uuid("release_id"),
  createdAt: at("created_at").notNull(),
  report: jsonb("report").$type<Record<string, unknown>>().notNull(),
})

/** Number of trainings by result; a row a result. */
export const trainings = pgTable("trainings", {
  result: text("result").$type<TrainingResult>().primaryKey(),
  count: bigint("count", { mode: "number" }).notNull(),
  lastAt: at("last_at").notNull(),
})

/** Append-only: the settings in force are those of the highest version. */
export const shopSettings = pgTable("shop_settings", {
  version: integer("version").primaryKey(),
  settings: jsonb("settings").$type<ShopSettings>().notNull(),
  createdAt: at("created_at").notNull(),
  /** The key that set them; null for the command line. */
  changedBy: uuid("changed_by"),
})

/** The installation's own facts, such as the secret that derives customer ids. Never exported or logged. */
export const settings = pgTable("settings", {
  name: text("name").primaryKey(),
  value: bytes("value").notNull(),
})

/** Leases of background work: one process at a time. */
export const leases = pgTable("leases", {
  name: text("name").primaryKey(),
  holder: uuid("holder").notNull(),
  until: at("until").notNull(),
})
