import { rekeyIdentifiers } from "../actions/identity/rekey-identifiers.ts"
import type { Services } from "../services.ts"
import { createLease } from "../store/database/leases.ts"
import { type Loop, repeat } from "./repeat.ts"

const name = "rekey-identifiers"
const leaseMs = 10 * 60_000

type Tools = Pick<Services, "store" | "live" | "clock" | "newId" | "settings" | "log" | "onLoopRun">

/**
 * Brings stored identifiers into the form they are compared in, in one process at a time: once after a start, and again when the
 * shop's country changes, because national phone numbers can then be read.
 */
export function startRekeyingIdentifiers(services: Tools, { pauseMs = 5000 }: { pauseMs?: number } = {}): Loop {
  const { store, log, newId } = services
  const lease = createLease(store.leases, { name, holder: newId(), forMs: leaseMs })
  let doneFor: string | null | undefined
  return repeat(services, { name, pauseMs }, async () => {
    const { country } = services.settings.current()
    if (doneFor === country) return
    await lease.run(async () => {
      const report = await rekeyIdentifiers(services, country)
      if (Object.values(report).some((count) => count > 0)) log.info(report, "normalized stored identifiers")
      doneFor = country
    })
  })
}
