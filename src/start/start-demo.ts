import { inPortions } from "../actions/customers/in-portions.ts"
import { setConsent } from "../actions/customers/set-consent.ts"
import { ingestEvents } from "../actions/events/ingest-events.ts"
import { refoldCustomers } from "../actions/events/refold-customers.ts"
import { promoteRelease } from "../actions/releases/promote-release.ts"
import type { Progress } from "../commands/progress.ts"
import { type Actor, systemActor } from "../core/access/actor.ts"
import type { Item } from "../core/catalogue/item.ts"
import type { Offer } from "../core/catalogue/offer.ts"
import type { Consent } from "../core/customer/consent.ts"
import type { Identifier } from "../core/customer/identifier.ts"
import type { IncomingEvent } from "../core/history/event.ts"
import { ApiError } from "../core/problem/problem.ts"
import type { ConsentPurpose } from "../core/schema/channel.ts"
import { hourMs } from "../core/time/durations.ts"
import type { Services } from "../services.ts"
import type { OpenServices } from "./open-services.ts"
import { createPartTimes, type PartTimes } from "./part-times.ts"

interface DemoShop {
  items: readonly Item[]
  offers: readonly Offer[]
  consents: readonly { customer: Identifier; purpose: ConsentPurpose; consent: Consent }[]
  eventBatches(): AsyncIterable<readonly IncomingEvent[]>
}

/** Stage of a training that decisions and plans of the demo cannot do without. */
type NecessaryStage = "propensity" | "rebuy" | "keep"

/** Functions of the offline half that the first start needs; only the command line may load them. */
export interface DemoModels {
  demoShop(options: { endMs: number; eventsPerBatch: number }): DemoShop
  trainRelease(
    services: Services,
    options: {
      actor: Actor
      budgetSeconds: number
      /** Stages that are done even when the budget is spent. */
      necessary: readonly NecessaryStage[]
      onProgress: (line: string) => void
    },
  ): Promise<{ releaseId: string }>
}

const actor = systemActor("demo")
const eventsPerBatch = 5000
/** A newcomer waits for the first training; on two idle cores it ends before this. */
const trainingSeconds = 45

/** True if the demo shop is to be made: on an empty database, or where an earlier start was interrupted while making it. */
export async function needsDemo({ config, store }: Services): Promise<boolean> {
  if (!config.demo || (await store.settings.read("demo.finished")) !== null) return false
  if ((await store.settings.read("demo.endMs")) !== null) return true
  const [item] = await store.items.list(null, 1)
  return item === undefined && (await store.events.isEmpty())
}

/** Fills an empty database with the demo shop, learns from it and goes live; interrupted, it is simply done again. */
export async function startDemo(
  { services, refreshRelease }: Pick<OpenServices, "services" | "refreshRelease">,
  { demoShop, trainRelease }: DemoModels,
  progress: Progress,
): Promise<void> {
  const { store, clock } = services
  // Counted from the start of the process: whoever waits began to wait there.
  const times = createPartTimes(0, () => performance.now())
  times.end("opening")
  const endMs = Number(await store.settings.writeOnce("demo.endMs", String(Math.floor(clock() / hourMs) * hourMs)))
  progress.step("Making the demo shop: a beauty retailer and its customers, simulated")
  await fillShop(services, demoShop({ endMs, eventsPerBatch }), { endMs, times, progress })
  progress.step("Training on what they did")
  const { releaseId } = await trainRelease(services, {
    actor,
    budgetSeconds: trainingSeconds,
    necessary: ["propensity", "rebuy", "keep"],
    onProgress: (line) => progress.step(`  ${line}`),
  })
  await promoteDemo(services, releaseId, progress)
  await refreshRelease()
  await store.settings.writeOnce("demo.finished", new Date(clock()).toISOString())
  times.end("training")
  progress.step(`Made in ${times.summary()}`)
}

/** A shop too small to learn from is shown all the same, and says so. */
async function promoteDemo(services: Services, releaseId: string, progress: Progress): Promise<void> {
  try {
    await promoteRelease(services, releaseId, { force: false, actor })
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "belowBaseline") throw error
    progress.step(`  live although ${error.message}`)
    await promoteRelease(services, releaseId, { force: true, actor })
  }
}

interface FillTools {
  endMs: number
  times: PartTimes
  progress: Progress
}

async function fillShop(services: Services, shop: DemoShop, { endMs, times, progress }: FillTools): Promise<void> {
  const { store } = services
  await store.items.upsert(shop.items, actor)
  await store.offers.upsert(shop.offers, actor)
  progress.step(`  ${shop.items.length} items, ${shop.offers.length} offers`)
  let count = 0
  let beganAt: number | undefined
  for await (const events of shop.eventBatches()) {
    await ingestEvents(services, events, { mayMerge: true, country: null, fold: "later" })
    count += events.length
    const { at } = events.at(-1)!
    beganAt ??= events[0]!.at
    const percent = Math.round((100 * (at - beganAt)) / Math.max(1, endMs - beganAt))
    progress.update(`  ${count} events, ${percent} % of the time simulated`)
  }
  progress.step(`  ${count} events`)
  times.end("events")
  await refoldCustomers(services, "all", (done) => progress.update(`  ${done} customers' histories folded`))
  times.end("histories")
  await inPortions(shop.consents, (consent) => setConsent(services, consent, null))
  progress.step(`  ${shop.consents.length} consents`)
  times.end("consents")
}
