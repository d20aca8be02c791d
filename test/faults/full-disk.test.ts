import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { mountSmallDisk, unmount } from "../../load-tests/run/sick/small-disk.ts"
import { freePort } from "../../src/store/embedded/cluster.ts"
import { type ServiceProcess, startProcess } from "../support/service-process.ts"

const folder = mkdtempSync(join(tmpdir(), "beforehand-full-disk-"))
chmodSync(folder, 0o755)
const adminKey = "admin-key-on-a-small-disk"
const spareBytes = 2 * 2 ** 20
const ballast = join(folder, "ballast")

const isMounted = mountSmallDisk(folder, 160)
let service: ServiceProcess | undefined

afterAll(async () => {
  rmSync(ballast, { force: true })
  await service?.end("SIGTERM")
  if (isMounted) unmount(folder)
  rmSync(folder, { recursive: true, force: true })
})

// A small disk takes root on Linux; elsewhere nothing is shown.
test.skipIf(!isMounted)(
  "a full disk refuses events, keeps answering, loses nothing, and heals without a restart",
  async () => {
    const address = `http://127.0.0.1:${await freePort()}`
    const settings = {
      DATA_DIR: folder,
      PORT: new URL(address).port,
      DEMO: "off",
      ADMIN_KEY: adminKey,
      REQUESTS_PER_SECOND: "0",
    }
    service = startProcess([], { ...settings, LOG_LEVEL: "silent" })
    await service.says("stdout", address)
    const ask = (path: string, body: object) =>
      fetch(address + path, {
        method: "POST",
        headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      })
    await ask("/v1/items", { items: [{ id: "brush", title: "Brush" }] })
    const recommendedItems = async () => {
      const recommended = await ask("/v1/recommend", { customer: { userId: "u-1" }, limit: 1 })
      expect(recommended.status).toBe(200)
      return ((await recommended.json()) as { items: object[] }).items
    }
    await expect.poll(recommendedItems, { timeout: 20_000 }).toHaveLength(1)
    const acknowledged: string[] = []
    let sent = 0
    const sendBatch = async (): Promise<number> => {
      const batch = Array.from({ length: 40 }, () => {
        sent += 1
        const properties = { product_id: "brush", note: "x".repeat(8000) }
        return { type: "track", userId: `u-${sent}`, event: "Product Viewed", messageId: `m-${sent}`, properties }
      })
      const answer = await ask("/v1/batch", { batch })
      if (answer.ok) acknowledged.push(...batch.map(({ messageId }) => messageId))
      return answer.status
    }
    expect(await sendBatch()).toBe(200)

    const { bavail, bsize } = statfsSync(folder)
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - spareBytes))
    await expect.poll(sendBatch, { timeout: 40_000, interval: 1 }).toBe(503)
    expect(await recommendedItems()).toHaveLength(1)

    rmSync(ballast)
    await expect.poll(sendBatch, { timeout: 40_000, interval: 200 }).toBe(200)
    const again = acknowledged.map((messageId) => ({
      type: "track",
      userId: "u-1",
      event: "Product Viewed",
      messageId,
      properties: { product_id: "brush" },
    }))
    for (let start = 0; start < again.length; start += 1000) {
      const answer = await ask("/v1/batch", { batch: again.slice(start, start + 1000) })
      const { results } = (await answer.json()) as { results: { status: string }[] }
      expect(results.filter(({ status }) => status !== "duplicate")).toEqual([])
    }
  },
)
