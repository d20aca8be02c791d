import { slo } from "./slo.ts"

const number = (name: string, otherwise: number) => Number(__ENV[name] ?? otherwise)

/** Settings of a run from its environment; nothing but a loopback default is built in. */
export const settings = {
  baseUrl: __ENV.BASE_URL ?? "http://127.0.0.1:3000",
  keys: { read: __ENV.READ_KEY ?? "", ingest: __ENV.INGEST_KEY ?? "", admin: __ENV.ADMIN_KEY ?? "" },
  rate: number("RATE", slo.steady.rate),
  seconds: number("SECONDS", 60),
  warmUpSeconds: number("WARM_UP_SECONDS", 20),
  /** Customers are `u-1` … `u-CUSTOMERS`. */
  customers: number("CUSTOMERS", 1000),
  /** `speed`, or `correctness` where the machine is too busy to be timed. */
  asserts: __ENV.ASSERT ?? "speed",
  summaryFile: __ENV.SUMMARY_FILE ?? "stdout",
}
