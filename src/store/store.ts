import type { ContentStore } from "./contents.ts"
import type { CustomerStore } from "./customers.ts"
import type { DecisionLogStore } from "./decision-log.ts"
import type { DecisionStore } from "./decisions.ts"
import type { Durability } from "./durability.ts"
import type { EvaluationStore } from "./evaluations.ts"
import type { EventStore } from "./events.ts"
import type { IdentifierStore } from "./identifiers.ts"
import type { ItemStore } from "./items.ts"
import type { KeyStore } from "./keys.ts"
import type { LeaseStore } from "./leases.ts"
import type { OfferStore } from "./offers.ts"
import type { PartitionStore } from "./partitions.ts"
import type { PlanStore } from "./plans.ts"
import type { PolicyStore } from "./policies.ts"
import type { ReleaseStore } from "./releases.ts"
import type { SendStore } from "./sends.ts"
import type { SettingStore } from "./settings.ts"
import type { ShopSettingStore } from "./shop-settings.ts"
import type { SupplyStore } from "./supplies.ts"
import type { TriggerStore } from "./triggers.ts"
import type { WebhookStore } from "./webhooks.ts"

/** All that is remembered, one object a subject. */
export interface Store {
  customers: CustomerStore
  events: EventStore
  identifiers: IdentifierStore
  items: ItemStore
  offers: OfferStore
  decisions: DecisionStore
  decisionLog: DecisionLogStore
  contents: ContentStore
  policies: PolicyStore
  supplies: SupplyStore
  plans: PlanStore
  sends: SendStore
  keys: KeyStore
  releases: ReleaseStore
  evaluations: EvaluationStore
  settings: SettingStore
  shopSettings: ShopSettingStore
  leases: LeaseStore
  partitions: PartitionStore
  webhooks: WebhookStore
  triggers: TriggerStore
  /** What the server does so that an acknowledged write survives a crash. */
  durability(): Promise<Durability>
  /** Ends the connections; nothing may be asked after it. */
  close(): Promise<void>
}
