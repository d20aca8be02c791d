import type { AuditStore } from "./audit/audit-log.ts"
import type { ItemStore } from "./catalogue/items.ts"
import type { OfferStore } from "./catalogue/offers.ts"
import type { ContentStore } from "./content/contents.ts"
import type { CustomerStore } from "./customers/customers.ts"
import type { EvidenceStore } from "./customers/evidence.ts"
import type { IdentifierStore } from "./customers/identifiers.ts"
import type { SearchStore } from "./customers/search.ts"
import type { VisitorStore } from "./customers/visitors.ts"
import type { NamedPool } from "./database/database.ts"
import type { DatabaseState } from "./database/database-state.ts"
import type { Durability } from "./database/durability.ts"
import type { LeaseStore } from "./database/leases.ts"
import type { PartitionStore } from "./database/partitions.ts"
import type { RetentionStore } from "./database/retention.ts"
import type { DecisionLogStore } from "./decisions/decision-log.ts"
import type { DecisionStore } from "./decisions/decisions.ts"
import type { EventStore } from "./events/events.ts"
import type { ExperimentStore } from "./experiments/experiments.ts"
import type { IdentityStore } from "./identity/identity.ts"
import type { ResolutionStore } from "./identity/resolutions.ts"
import type { FigureStore } from "./insights/figures.ts"
import type { CapacityStore } from "./plans/capacities.ts"
import type { PlanStore } from "./plans/plans.ts"
import type { PolicyStore } from "./policies/policies.ts"
import type { TriggerStore } from "./policies/triggers.ts"
import type { EvaluationStore } from "./releases/evaluations.ts"
import type { ReleaseStore } from "./releases/releases.ts"
import type { TrainingStore } from "./releases/trainings.ts"
import type { SendStore } from "./sends/sends.ts"
import type { KeyStore } from "./settings/keys.ts"
import type { SettingStore } from "./settings/settings.ts"
import type { ShopSettingStore } from "./settings/shop-settings.ts"
import type { WebhookStore } from "./webhooks/webhooks.ts"

/** All that is remembered, one object a subject. */
export interface Store {
  customers: CustomerStore
  evidence: EvidenceStore
  search: SearchStore
  events: EventStore
  identifiers: IdentifierStore
  identity: IdentityStore
  resolutions: ResolutionStore
  items: ItemStore
  offers: OfferStore
  decisions: DecisionStore
  decisionLog: DecisionLogStore
  contents: ContentStore
  policies: PolicyStore
  experiments: ExperimentStore
  capacities: CapacityStore
  plans: PlanStore
  sends: SendStore
  figures: FigureStore
  keys: KeyStore
  releases: ReleaseStore
  evaluations: EvaluationStore
  trainings: TrainingStore
  settings: SettingStore
  shopSettings: ShopSettingStore
  leases: LeaseStore
  partitions: PartitionStore
  retention: RetentionStore
  visitors: VisitorStore
  webhooks: WebhookStore
  triggers: TriggerStore
  audit: AuditStore
  /** Reads the server's settings that let an acknowledged write survive a crash. */
  durability(): Promise<Durability>
  /** Knowledge of the database's faults, from the calls of the store with time limits. */
  state: DatabaseState
  /** Returns the size and use of each pool of connections now. */
  pools(): readonly NamedPool[]
  /** Ends the connections; nothing may be asked after it. */
  close(): Promise<void>
}
