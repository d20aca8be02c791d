import { isDeepStrictEqual } from "node:util"
import type { Actor } from "../../core/access/actor.ts"
import type { Consents, HeldConsent } from "../../core/customer/consent.ts"
import type { Identifier } from "../../core/customer/identifier.ts"
import { mergeConsents } from "../../core/customer/merge-consents.ts"
import type { ConsentPurpose } from "../../core/schema/channel.ts"
import { type AuditEntry, recordAudit } from "../audit/record-audit.ts"
import type { Database } from "../database/database.ts"
import { Conflict } from "../database/database-errors.ts"
import { derivedId } from "./derived-id.ts"
import { attachIdentifiers, type CustomerName, lockNamedProfiles, writeProfiles } from "./profiles.ts"
import { type SaidConsent, type Testimony, writeConsentStatements, writeEvidence } from "./write-evidence.ts"

/** A word of a customer about one purpose. */
export interface ConsentWord {
  who: CustomerName
  purpose: ConsentPurpose
  consent: HeldConsent
  /** Time when it was told, milliseconds since the epoch. */
  nowMs: number
  /** Actor whose change is audited; `null`: it is a fact. */
  actor: Actor | null
}

/** Consents of a customer once a word was added. */
export interface HeldConsents {
  customerId: string
  consents: Consents
}

type Transaction = Pick<Database, "execute">

/**
 * One transaction: the customers named are locked in id order, each word is added to what they hold in the order of the words,
 * and profiles, ledger and audit log are written. Returns of each word what then holds, `null` for an unknown `customerId`. What
 * another process changed in between makes it throw `Conflict`.
 */
export async function holdConsents(
  transaction: Transaction,
  secret: Uint8Array,
  words: readonly ConsentWord[],
): Promise<(HeldConsents | null)[]> {
  const createdAt = words[0]!.nowMs
  const names = words.map(({ who }) => who)
  const { profiles, created, unattached } = await lockNamedProfiles(transaction, secret, names, createdAt)
  const holding = new Map<string, Consents>()
  const said: SaidConsent[] = []
  const told: Testimony[] = []
  const audited: AuditEntry[] = []
  const held = words.map(({ who, purpose, consent, nowMs, actor }, place) => {
    const profile = profiles[place]!
    if (profile === null) return null
    const { customerId } = profile
    const before = holding.get(customerId) ?? profile.consents
    const consents = mergeConsents(before, { [purpose]: consent })
    holding.set(customerId, consents)
    const recordId = "customerId" in who ? null : derivedId(secret, who)
    said.push({ customerId, recordId, purpose, consent, toldAt: nowMs })
    if (!("customerId" in who)) told.push(testimonyOf(who, { customerId, recordId: recordId!, purpose, toldAt: nowMs }))
    if (actor !== null) audited.push(...changeOf({ customerId, purpose, actor, before, consents }))
    return { customerId, consents }
  })
  const changed = new Map(
    profiles.flatMap((profile) =>
      profile === null
        ? []
        : [[profile.customerId, { ...profile, consents: holding.get(profile.customerId)! }] as const],
    ),
  )
  if (changed.size === 0) return held
  const [areWritten, areAttached] = await Promise.all([
    writeProfiles(transaction, [...changed.values()], created),
    attachIdentifiers(transaction, [...unattached.values()], createdAt),
    writeConsentStatements(transaction, said),
    told.length === 0 ? null : writeEvidence(transaction, told),
    recordAudit(transaction, ...audited),
  ])
  if (!areWritten || !areAttached) throw new Conflict("a customer was created meanwhile")
  return held
}

/** Returns the evidence of a record that a consent is said of. */
function testimonyOf(
  identifier: Identifier,
  { purpose, toldAt, ...owned }: Pick<Testimony, "customerId" | "recordId" | "toldAt"> & { purpose: ConsentPurpose },
): Testimony {
  const event = { identifiers: [identifier], messageId: `consent:${purpose}`, at: toldAt }
  return { ...owned, event, isClaim: false, toldAt }
}

interface Change extends HeldConsents {
  purpose: ConsentPurpose
  actor: Actor
  before: Consents
}

function changeOf({ customerId, purpose, actor, before: earlier, consents }: Change): AuditEntry[] {
  const [before, after] = [earlier[purpose] ?? null, consents[purpose] ?? null]
  if (isDeepStrictEqual(before, after)) return []
  return [
    {
      actor,
      action: "consents.set",
      subject: { kind: "customer", id: customerId, customerId },
      before: before && { [purpose]: before },
      after: after && { [purpose]: after },
    },
  ]
}
