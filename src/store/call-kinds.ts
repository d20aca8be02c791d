import type { Access } from "./database/database-state.ts"
import type { Store } from "./store.ts"

export interface CallKind {
  access: Access
  /** True if it reads, writes or computes much for few callers: it may take long, which says nothing about the database. */
  bulk?: boolean
  /** True if a question waits for it: once such writes are late, questions are answered without any. */
  isOfAnswer?: true
  /** True if it records an answer that is given without it where it takes too long. */
  isRecord?: true
}

type Subject = Exclude<keyof Store, "close" | "state" | "durability" | "pools">

const read: CallKind = { access: "reads" }
const write: CallKind = { access: "writes" }
const record: CallKind = { access: "writes", isOfAnswer: true, isRecord: true }
const answering: CallKind = { access: "writes", isOfAnswer: true }
const bulkRead: CallKind = { access: "reads", bulk: true }
const bulkWrite: CallKind = { access: "writes", bulk: true }

/** Kind of every call of the store; one that is forgotten does not compile. */
export const callKinds: { readonly [S in Subject]: { readonly [M in keyof Store[S]]: CallKind } } = {
  audit: { list: bulkRead, append: write },
  customers: {
    read,
    identifiersOf: read,
    isClaimed: read,
    claimedEventsOf: read,
    setConsent: write,
    withdraw: write,
    exportAll: bulkRead,
    erase: bulkWrite,
    outdatedHistories: read,
    staleVectors: read,
    writeVectors: write,
  },
  evidence: { identifiersOf: read, traitsOf: read, consentsOf: read, toldBy: bulkRead },
  search: { find: read },
  experiments: {
    start: write,
    read,
    list: read,
    running: read,
    stop: write,
    expose: bulkWrite,
    exposed: bulkRead,
    outcomes: bulkRead,
  },
  events: {
    ingest: write,
    append: bulkWrite,
    refold: write,
    customerIds: read,
    readAll: bulkRead,
    latestAt: read,
    countItems: read,
    isEmpty: read,
  },
  identifiers: {
    shared: read,
    listShared: read,
    allow: write,
    outdated: read,
    rename: write,
    attach: write,
    detach: write,
  },
  identity: { link: bulkWrite, cannotLinks: bulkRead, linksOf: read },
  resolutions: {
    people: bulkRead,
    recordsOf: bulkRead,
    apart: bulkRead,
    verdicts: bulkRead,
    join: bulkWrite,
    replaceCandidates: bulkWrite,
    candidates: bulkRead,
    saveModel: bulkWrite,
    latestModelId: read,
    readModel: bulkRead,
  },
  decisions: {
    append: answering,
    record,
    read,
    shownTo: read,
    recordOutcome: write,
    recordClick: write,
    activate: write,
    latest: bulkRead,
    countAcceptances: read,
  },
  decisionLog: { read: bulkRead },
  contents: { read, keep: answering, audience: read },
  policies: { append: write, current: read, history: bulkRead, read },
  capacities: { read, releaseExpired: write },
  plans: {
    create: write,
    read,
    list: bulkRead,
    inStatus: read,
    change: bulkWrite,
    writeMonitoring: write,
    planned: read,
    customers: read,
  },
  sends: {
    insert: write,
    deleteProposed: write,
    read,
    list: bulkRead,
    transition: bulkWrite,
    release: write,
    waiting: read,
    overdue: read,
    ended: read,
    resolved: read,
    countStates: read,
  },
  figures: {
    recount: bulkWrite,
    enrol: write,
    startedAt: read,
    compact: bulkWrite,
    read,
    population: read,
    goals: read,
    putGoal: bulkWrite,
  },
  keys: { active: read, list: read, insert: write, revoke: write, revokeOthers: write },
  items: { upsert: write, replace: write, patch: bulkWrite, get: read, list: read, remove: write, changedSince: read },
  offers: { upsert: write, get: read, list: read, remove: write, changedSince: read },
  releases: {
    saveArtifact: write,
    readArtifact: bulkRead,
    save: write,
    read,
    list: bulkRead,
    newestAt: read,
    liveId: read,
    promote: bulkWrite,
    rollback: bulkWrite,
    deleteExpired: write,
  },
  evaluations: { save: write, read, list: bulkRead },
  trainings: { record: write, counts: read },
  settings: { secret: read, read, writeOnce: write },
  shopSettings: { current: read, append: write, history: read },
  leases: { acquire: write, release: write },
  partitions: { now: read, createUpcoming: write, mayChange: read, endsAt: read, knownEnd: read, dropOld: write },
  retention: { deleteExpired: write },
  visitors: { eraseExpired: write },
  webhooks: {
    insert: write,
    list: bulkRead,
    changeSecret: write,
    delete: bulkWrite,
    send: write,
    claimDue: write,
    settle: write,
    messages: bulkRead,
    replay: write,
    backlog: read,
    free: write,
  },
  triggers: { findEvents: bulkRead, cartEvents: read, customers: bulkRead, fire: write },
}
