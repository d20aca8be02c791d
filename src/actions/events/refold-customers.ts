import type { Services } from "../../services.ts"
import { createVectorDeriver } from "../customers/derive-vectors.ts"

const customersPerWrite = 200

/** Folds customers anew from their stored events, as after a bulk import; `onProgress` hears how many are done. */
export async function refoldCustomers(
  { store, live }: Pick<Services, "store" | "live">,
  customerIds: Iterable<string> | "all",
  onProgress: (done: number) => void = () => {},
): Promise<void> {
  const deriveVector = createVectorDeriver(live.current())
  let done = 0
  for await (const ids of customerIds === "all" ? everyCustomer(store) : inChunks(customerIds)) {
    await store.events.refold(ids, deriveVector)
    done += ids.length
    onProgress(done)
  }
}

function* inChunks(ids: Iterable<string>): Generator<string[]> {
  let chunk: string[] = []
  for (const id of ids) {
    chunk.push(id)
    if (chunk.length < customersPerWrite) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

async function* everyCustomer(store: Services["store"]): AsyncGenerator<string[]> {
  let last: string | null = null
  while (true) {
    const ids: string[] = await store.events.customerIds(last, customersPerWrite)
    if (ids.length === 0) return
    yield ids
    last = ids.at(-1)!
  }
}
