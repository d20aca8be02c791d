import { fileURLToPath } from "node:url"
import { sendFromBrowser } from "./browser.ts"
import type { Sender, Sending } from "./sender.ts"
import { goBuild, pythonWith, run } from "./toolchains.ts"

const script = (name: string) => fileURLToPath(new URL(`senders/${name}`, import.meta.url))

const environment = ({ host, key, client, count }: Sending) => ({
  ...process.env,
  HOST: host,
  KEY: key,
  CLIENT: client,
  COUNT: String(count),
})

const command = (prepare: () => Promise<readonly [string, ...string[]]>): Sender => ({
  scope: "ingest",
  async send(sending) {
    const [file, ...args] = await prepare()
    await run(file, args, { env: environment(sending), timeout: 120_000 })
  },
})

const browser = (delivery: "standard" | "batching"): Sender => ({
  scope: "write",
  send: (sending, landed) => sendFromBrowser(sending, delivery, landed),
})

/** Every client that must work by changing nothing but its host, with its defaults. */
export const senders: Readonly<Record<string, Sender>> = {
  "segment-browser": browser("standard"),
  "segment-browser-batching": browser("batching"),
  "segment-node": command(async () => [process.execPath, script("segment-node.mjs")]),
  "segment-python": command(async () => [
    await pythonWith(["segment-analytics-python==2.4.0"]),
    script("segment_python.py"),
  ]),
  "segment-go": command(async () => [
    await goBuild(script("segment-go"), "github.com/segmentio/analytics-go/v3@v3.3.0"),
  ]),
  "rudder-node": command(async () => [process.execPath, script("rudder-node.mjs")]),
  "rudder-python": command(async () => [await pythonWith(["rudder-sdk-python==2.1.9"]), script("rudder_python.py")]),
}
