import { hashOfKey } from "../../src/actions/access/create-key.ts"
import { commandActor } from "../../src/core/access/actor.ts"
import { offerSchema } from "../../src/core/catalogue/offer.ts"
import { policyDraftSchema } from "../../src/core/policy/policy.ts"
import { defaultShopSettings } from "../../src/core/settings/shop-settings.ts"
import { createKeyring } from "../../src/http/server/keyring.ts"
import { newId } from "../../src/start/new-id.ts"
import { followAcceptances } from "../../src/work/follow-acceptances.ts"
import { followCatalogue } from "../../src/work/follow-catalogue.ts"
import { followInterest } from "../../src/work/follow-interest.ts"
import { followPolicies } from "../../src/work/follow-policies.ts"
import { followRelease } from "../../src/work/follow-release.ts"
import { followSettings } from "../../src/work/follow-settings.ts"
import { followSharedIdentifiers } from "../../src/work/follow-shared-identifiers.ts"
import { followerContract } from "../contracts/follower.ts"
import { decisionRow } from "../support/decision-rows.ts"
import { saveSmallRelease } from "../support/save-release.ts"

/** A new follower adds a call of `followerContract` here. */

const clock = Date.now
const actor = commandActor("write")

followerContract({
  name: "follow-catalogue",
  async open(tools, pace) {
    const catalogue = await followCatalogue({ ...tools, clock }, pace)
    const held = () => {
      const { items, offers } = catalogue.current()
      return { items: [...items.keys()], offers: [...offers.keys()] }
    }
    return { ...catalogue, held }
  },
  async write({ store }, n) {
    await store.items.upsert([{ id: `item-${n}`, title: "Cream" }], actor)
    await store.offers.upsert(
      [offerSchema.parse({ id: `offer-${n}`, kind: "promotion", title: "Spring", value: 1 })],
      actor,
    )
    await store.items.remove(`item-${n - 1}`, actor)
    await store.offers.remove(`offer-${n - 1}`, actor)
    return { items: [`item-${n}`], offers: [`offer-${n}`] }
  },
})

followerContract({
  name: "follow-release",
  async open(tools, pace) {
    const live = await followRelease(tools, pace)
    return { ...live, held: () => live.current()?.id }
  },
  async write({ store }) {
    const releaseId = await saveSmallRelease(store)
    await store.releases.promote(releaseId, { at: clock(), forced: false, actor })
    return releaseId
  },
})

followerContract({
  name: "follow-policies",
  async open(tools, pace) {
    const policies = await followPolicies({ ...tools, clock, settings: { current: () => defaultShopSettings } }, pace)
    return { ...policies, held: () => policies.all().map(({ policy }) => policy.version) }
  },
  async write({ store }) {
    const { version } = await store.policies.append("home", policyDraftSchema.parse({}), { at: clock(), actor })
    return [version]
  },
})

followerContract({
  name: "follow-settings",
  async open(tools, pace) {
    const settings = await followSettings(tools, pace)
    return { ...settings, held: settings.current }
  },
  async write({ store }, n) {
    const settings = { ...defaultShopSettings, name: `shop ${n}` }
    await store.shopSettings.append(settings, { after: n, at: clock(), actor })
    return settings
  },
})

/** As many shared identifiers as are kept in memory, the newest. */
const most = 10_000

followerContract({
  name: "follow-shared-identifiers",
  async open(tools, pace) {
    const shared = await followSharedIdentifiers(tools, pace)
    return { ...shared, held: () => [...shared.current()] }
  },
  async write({ sql }, n) {
    await sql.begin(async (transaction) => {
      await transaction`delete from shared_identifiers`
      await transaction`insert into shared_identifiers (type, value, since)
        select 'email', m || '@shop.example', now() - m * interval '1 minute' from generate_series(${n}::int, ${n + most}) m`
    })
    return Array.from({ length: most }, (_, m) => `email:${n + m}@shop.example`)
  },
})

followerContract({
  name: "follow-acceptances",
  async open(tools, pace) {
    const acceptances = followAcceptances({ ...tools, clock }, pace)
    const rounded = (sum = 0) => Math.round(sum * 100) / 100
    const held = () =>
      acceptances.current().map(({ expected, ...count }) => ({ ...count, expected: rounded(expected) }))
    return { ...acceptances, held }
  },
  async write({ store }, n) {
    const at = clock()
    await store.decisions.append(decisionRow({ at, activatedAt: at }))
    return [{ kind: "promotion", channel: "web", offered: n + 1, accepted: 0, expected: (5 * (n + 1)) / 100 }]
  },
})

followerContract({
  name: "follow-interest",
  async open(tools, pace) {
    const interest = followInterest(tools, pace)
    return { ...interest, held: () => [...interest.current().keys()].sort() }
  },
  async write({ store }, n) {
    const event = { messageId: `${n}`, name: "Product Viewed", lines: [{ itemId: `item-${n}`, quantity: 1 }] }
    const identifiers = [{ type: "userId", value: "viewer" } as const]
    await store.events.ingest([{ ...event, at: clock(), identifiers, properties: {} }], {
      mayMerge: true,
      receivedAt: clock(),
      deriveVector: () => null,
    })
    return Array.from({ length: n + 1 }, (_, m) => `item-${m}`).sort()
  },
})

const keys: string[] = []

followerContract({
  name: "keyring",
  async open({ store, log }) {
    const keyring = createKeyring({ store, log, clock })
    return {
      async held() {
        const callers = await Promise.all(keys.map((key) => keyring.callerOf(key)))
        return keys.filter((_, n) => callers[n] !== null)
      },
      async refresh() {
        await keyring.callerOf("a key that nobody knows")
      },
      stop: null,
    }
  },
  async write({ store }, n) {
    const key = `key-${n}`
    const [id, createdAt] = [newId(), clock()]
    await store.keys.revokeOthers({ scope: "read", name: "rotated", hash: hashOfKey(key) }, { at: createdAt, actor })
    await store.keys.insert(
      { id, scope: "read", name: "rotated", prefix: "key", createdAt, hash: hashOfKey(key) },
      actor,
    )
    keys.push(key)
    return [key]
  },
})
