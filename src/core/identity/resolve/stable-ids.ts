/** Ids of people after a run. */
export interface StableIds {
  /** Per cluster, in the order given. */
  ids: readonly string[]
  /** Ids that no cluster bears any more, and the ones that answer for them. */
  forwards: readonly { from: string; into: string }[]
}

interface Overlap {
  cluster: number
  id: string
  records: number
}

/**
 * Gives clusters the ids that most of their records had before: the largest overlap first, at equal overlaps the lowest id. A cluster without
 * one gets a new id, named after its lowest record key; an id without a cluster forwards to where most of its records went.
 */
export function stableIds(
  clusters: readonly (readonly string[])[],
  idBefore: ReadonlyMap<string, string>,
  newId: (lowestKey: string) => string,
): StableIds {
  const overlaps = clusters.flatMap((keys, cluster) => overlapsOf(keys, cluster, idBefore))
  const lowestKeys = clusters.map((keys) => keys.reduce((lowest, key) => (key < lowest ? key : lowest)))
  overlaps.sort(
    (a, b) =>
      b.records - a.records ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : lowestKeys[a.cluster]! < lowestKeys[b.cluster]! ? -1 : 1),
  )
  const idOf = new Map<number, string>()
  const taken = new Set<string>()
  const mostOf = new Map<string, number>()
  for (const { cluster, id } of overlaps) {
    if (!mostOf.has(id)) mostOf.set(id, cluster)
    if (idOf.has(cluster) || taken.has(id)) continue
    idOf.set(cluster, id)
    taken.add(id)
  }
  const ids = clusters.map((_, cluster) => idOf.get(cluster) ?? newId(lowestKeys[cluster]!))
  const lost = [...mostOf].filter(([id]) => !taken.has(id))
  return { ids, forwards: lost.map(([from, cluster]) => ({ from, into: ids[cluster]! })).sort(byFrom) }
}

const byFrom = (a: { from: string }, b: { from: string }) => (a.from < b.from ? -1 : 1)

function overlapsOf(keys: readonly string[], cluster: number, idBefore: ReadonlyMap<string, string>): Overlap[] {
  const records = new Map<string, number>()
  for (const key of keys) {
    const id = idBefore.get(key)
    if (id !== undefined) records.set(id, (records.get(id) ?? 0) + 1)
  }
  return [...records].map(([id, count]) => ({ cluster, id, records: count }))
}
