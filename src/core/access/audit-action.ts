/** Changes that leave a row in the audit log, as `noun.verb`, the nouns of the permissions. */
export const auditActions = [
  "settings.put",
  "policies.put",
  "items.upsert",
  "items.patch",
  "items.delete",
  "offers.upsert",
  "offers.delete",
  "goals.put",
  "plans.create",
  "plans.make",
  "plans.fail",
  "plans.approve",
  "plans.start",
  "plans.halt",
  "plans.resume",
  "plans.finish",
  "experiments.put",
  "experiments.stop",
  "models.create",
  "models.promote",
  "models.rollBack",
  "webhooks.create",
  "webhooks.rotateSecret",
  "webhooks.delete",
  "webhooks.replay",
  "keys.create",
  "keys.revoke",
  "customers.erase",
  "consents.set",
  "identifiers.allow",
  "identities.link",
  "imports.record",
] as const
export type AuditAction = (typeof auditActions)[number]

/** Kinds of what a change is made to. */
export const auditSubjectKinds = [
  "settings",
  "policy",
  "item",
  "offer",
  "goal",
  "plan",
  "experiment",
  "release",
  "webhook",
  "webhookMessage",
  "key",
  "customer",
  "identifier",
  "record",
  "import",
] as const
export type AuditSubjectKind = (typeof auditSubjectKinds)[number]

/**
 * Trace that a route leaves in the audit log when it changes something: a row of an action; nothing, as it records a fact (an event, an
 * outcome, a decision, a report), which is kept itself; or nothing, as it stores nothing.
 */
export type AuditDeclaration = AuditAction | "fact" | "nothing"
