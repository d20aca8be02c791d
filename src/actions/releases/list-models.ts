import type { Services } from "../../services.ts"

export interface ListedModel {
  id: string
  createdAt: string
  live: boolean
  artifacts: Record<string, string>
  manifest: Record<string, unknown>
}

/** Every release, newest first. */
export async function listModels({ store }: Pick<Services, "store">): Promise<ListedModel[]> {
  const [releases, liveId] = await Promise.all([store.releases.list(), store.releases.liveId()])
  return releases.map(({ id, createdAt, artifacts, manifest }) => ({
    id,
    createdAt: new Date(createdAt).toISOString(),
    live: id === liveId,
    artifacts: { ...artifacts },
    manifest: { ...manifest },
  }))
}
