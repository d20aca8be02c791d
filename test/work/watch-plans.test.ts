import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import type { PlanStatus } from "../../src/core/plan/plan-schema.ts"
import { startWatchingPlans } from "../../src/work/watch-plans.ts"
import { releaseThatKeeps } from "../support/keep.ts"
import { aCustomer, anItem, optIn } from "../support/plans.ts"
import { openTestApp } from "../support/test-app.ts"

test("two processes carry one plan on together: it is made once, reserved once, and finished", async () => {
  const release = await releaseThatKeeps(["brush"], 0.8)
  const shop = await openTestApp({ release })
  const { store } = shop.services
  await anItem(store, "brush", { margin: 8, stock: 7 })
  for (let n = 0; n < 10; n++) await aCustomer(store, `u-${n}`, { "unasked-parcel": optIn() })
  await shop.refreshCatalogue()
  const another = await openTestApp({ databaseUrl: shop.databaseUrl, release })
  const loops = [shop, another].map(({ services }) => startWatchingPlans(services, { pauseMs: 20 }))
  const statusIs = async (id: string, wanted: PlanStatus) => {
    for (;;) {
      const { json } = await shop.ask("GET", `/v1/plans/${id}`)
      if (json.status === wanted) return
      await sleep(50)
    }
  }
  try {
    const body = { name: "Brushes", freeReturn: true, budgets: { money: 1e6, volume: 100 }, holdoutShare: 0 }
    const id = String((await shop.ask("POST", "/v1/plans", { body })).json.id)
    await statusIs(id, "planned")
    await shop.ask("POST", `/v1/plans/${id}/approve`, { body: {} })
    await another.ask("POST", `/v1/plans/${id}/start`, { body: {} })
    let reserved: string[] = []
    while (reserved.length < 7) {
      const { json } = await shop.ask("GET", `/v1/sends?plan=${id}&state=reserved`)
      reserved = (json.sends as { id: string }[]).map((send) => send.id)
      await sleep(50)
    }
    const at = new Date().toISOString()
    for (const send of reserved)
      for (const state of ["dispatched", "kept"])
        await another.ask("POST", `/v1/sends/${send}/${state}`, { body: { at } })
    await statusIs(id, "done")
    const sends = await store.sends.list({ planId: id, limit: 100 })
    expect(sends.map(({ state }) => state)).toEqual(Array.from({ length: 7 }, () => "kept"))
    expect(await store.items.get("brush")).toMatchObject({ stock: 0 })
  } finally {
    await Promise.all(loops.map((loop) => loop.stop()))
    await another.close()
    await shop.close()
  }
}, 60_000)
