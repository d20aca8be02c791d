import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"
import type { OpenShop } from "../open-shop.ts"

/**
 * Opens a made shop with the drivers of the checkout it is started in, whatever commit that is, and keeps it open until its parent
 * goes or says so. It imports nothing but Node, because the parent may be another commit.
 */
export type SideMessage =
  | { kind: "opened"; baseUrl: string; keys: Record<string, string>; pids: OpenShop["pids"]; facts: SideFacts }
  | { kind: "failed"; reason: string }

export interface SideFacts {
  customers: number
  items: number
  events: number
  durability: string
}

const driverFolders = ["load-tests/run", "test/bench/load"]

const { values: flags } = parseArgs({
  options: {
    customers: { type: "string", default: "10000" },
    items: { type: "string", default: "5000" },
    keep: { type: "string" },
    profile: { type: "string" },
  },
})

const closing: (() => unknown)[] = []
let closed: Promise<void> | undefined
function close(): Promise<void> {
  closed ??= (async () => {
    for (const stop of closing.splice(0).reverse()) await stop()
  })()
  return closed
}
const tell = (message: SideMessage) => process.send?.(message)

process.once("disconnect", () => void close().finally(() => process.exit()))
process.on("SIGTERM", () => void close().finally(() => process.exit()))

try {
  const folder = driverFolders.find((candidate) => existsSync(join(candidate, "open-shop.ts")))
  if (folder === undefined)
    throw new Error(`found no open-shop.ts in ${driverFolders.join(" or ")} of ${process.cwd()}`)
  const { openShop }: typeof import("../open-shop.ts") = await import(
    pathToFileURL(resolve(folder, "open-shop.ts")).href
  )
  const { shop, service, pids, durability } = await openShop({
    customers: Number(flags.customers),
    items: Number(flags.items),
    keep: flags.keep,
    profile: flags.profile,
    say: (line) => process.stderr.write(`  ${line}\n`),
    closing,
  })
  const facts = { customers: shop.customers, items: shop.items, events: shop.events, durability }
  tell({ kind: "opened", baseUrl: service.baseUrl, keys: service.keys, pids, facts })
} catch (error) {
  tell({ kind: "failed", reason: (error as Error).stack ?? String(error) })
  await close()
  process.disconnect?.()
}
