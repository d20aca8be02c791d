import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { createKey } from "../../../src/actions/access/create-key.ts"
import { createApp } from "../../../src/app.ts"
import { parseConfig } from "../../../src/config.ts"
import { systemActor } from "../../../src/core/access/actor.ts"
import { type Offer, offerSchema } from "../../../src/core/catalogue/offer.ts"
import type { Services } from "../../../src/services.ts"
import { createLog } from "../../../src/start/log.ts"
import { openServices } from "../../../src/start/open-services.ts"
import { startDemo } from "../../../src/start/start-demo.ts"
import { type DemoShop, demoShop } from "../../simulate/seed-demo.ts"
import { simulateShop } from "../../simulate/simulate-shop.ts"
import { randomWorld } from "../../simulate/world.ts"
import { trainRelease } from "../../train/train.ts"
import { type Product, productBy } from "./product.ts"

/** A simulated shop in the product, with the truth that only the benchmark reads. */
export interface OpenWorld {
  services: Services
  product: Product
  shop: DemoShop
  /** Truth of the same shop and customers, were no customer more given to offers than others: all that orders and visits can tell. */
  evenTruth: DemoShop["truth"]
}

interface OpenWorldOptions {
  seed: number
  budgetSeconds: string | undefined
  closing: (() => unknown)[]
  say: (line: string) => void
}

/** An offer of what the customer needs again, whatever it is. */
const neededAgain: Offer = offerSchema.parse({
  id: "replenishment-needed-again",
  kind: "replenishment",
  title: "Running low?",
  value: 6,
  channels: ["web", "app", "email"],
  items: { limit: 5 },
})

export const benchActor = systemActor("bench")

/** Makes a world's shop through the actions that make the demo shop, trains on it as usual and takes the release into use; no offer was made before. */
export async function openWorld({ seed, budgetSeconds, closing, say }: OpenWorldOptions): Promise<OpenWorld> {
  const folder = mkdtempSync(join(tmpdir(), "beforehand-world-"))
  chmodSync(folder, 0o755)
  closing.push(() => rmSync(folder, { recursive: true, force: true }))
  const config = parseConfig({ DATA_DIR: folder, REQUESTS_PER_SECOND: "0", ALLOW_VOLATILE: "1", HOLDOUT_SHARE: "0" })
  const open = await openServices(config, createLog("silent"))
  closing.push(open.close)
  const world = randomWorld(seed)
  const made: { shop: DemoShop; endMs: number }[] = []
  await startDemo(
    open,
    {
      demoShop(options) {
        const shop = demoShop({ ...options, world, seed })
        made.push({ shop, endMs: options.endMs })
        return { ...shop, offers: [...shop.offers, neededAgain] }
      },
      trainRelease: (services, { budgetSeconds: _, ...options }) =>
        trainRelease(services, {
          ...options,
          ...(budgetSeconds !== undefined && { budgetSeconds: Number(budgetSeconds) }),
        }),
    },
    { step: say, update: () => {} },
  )
  const { services } = open
  const [{ shop, endMs }] = made as [{ shop: DemoShop; endMs: number }]
  while (services.catalogue.current().offers.size <= shop.offers.length) await sleep(200)
  const { key } = await createKey(services, { scope: "admin", name: "bench" }, benchActor)
  const app = createApp(services)
  return {
    services,
    product: productBy((path, init) => app.request(path, init), key),
    shop,
    evenTruth: simulateShop({ ...world, responseSpread: 0 }, seed, endMs).truth,
  }
}
