import { cpus, totalmem } from "node:os"
import type { OpenShop } from "./open-shop.ts"

/** The hardware, the database and the data of a run, as sentences. */
export function conditionsOf({ shop, durability }: OpenShop): string[] {
  return [
    `${cpus()[0]?.model}, ${cpus().length} cores for everything, ${Math.round(totalmem() / 2 ** 30)} GB; Node ${process.version}`,
    `PostgreSQL: ${durability}`,
    `${shop.customers} customers, ${shop.items} items, ${shop.events} events before, 64 factors; customers drawn by Zipf(1)`,
  ]
}

/** Returns the environment that a k6 script needs to ask a service. */
export const environmentOf = ({ service, shop }: OpenShop): Record<string, string> => ({
  ...service.keys,
  BASE_URL: service.baseUrl,
  CUSTOMERS: String(shop.customers),
})
