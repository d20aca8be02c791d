import type { Services } from "../../services.ts"

export interface Health {
  status: "ok" | "degraded"
  release: { id: string; createdAt: string; trainedUntil: string } | null
  /** Seconds since the newest event the release learnt from. */
  dataAgeSeconds: number | null
  catalogue: { items: number; offers: number; ageSeconds: number }
  database: {
    reachable: boolean
    durability: { fsync: string; fullPageWrites: string; synchronousCommit: string } | null
  }
}

/** Reads the service's health; never throws, because it is asked when something is wrong. */
export async function readHealth(services: Services): Promise<Health> {
  const { live, catalogue, clock } = services
  const durability = await services.store.durability().catch(() => null)
  const release = live.current()
  const { items, offers } = catalogue.current()
  const ageSeconds = Math.max(0, (clock() - catalogue.asOf()) / 1000)
  return {
    status: durability === null ? "degraded" : "ok",
    release: release && {
      id: release.id,
      createdAt: new Date(release.createdAt).toISOString(),
      trainedUntil: new Date(release.trainedUntil).toISOString(),
    },
    dataAgeSeconds: release && (clock() - release.trainedUntil) / 1000,
    catalogue: { items: items.size, offers: offers.size, ageSeconds },
    database: { reachable: durability !== null, durability },
  }
}
