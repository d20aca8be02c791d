import type { ResolutionSummary } from "../../src/core/identity/resolution.ts"
import { posteriorFromVerdicts } from "../../src/core/identity/resolution.ts"
import { ApiError } from "../../src/core/problem/problem.ts"
import { hourMs } from "../../src/core/time/durations.ts"
import type { Services } from "../../src/services.ts"
import { type CustomersRecord, leastRecords, resolvePeople, type ScoredPair } from "./resolve-people.ts"

export interface ResolveOptions {
  /** Least posterior at which customers join without review, before verdicts move it. */
  posterior: number
  dryRun: boolean
  /** Joins the customers of a pair; false where that is not to be. */
  join: (pair: ScoredPair) => Promise<boolean>
  onProgress?: ((line: string) => void) | undefined
}

export interface Resolution extends ResolutionSummary {
  /** Pairs by which customers join, the likeliest first. */
  joins: readonly ScoredPair[]
  /** Pairs that wait for review, the likeliest first. */
  doubtful: readonly ScoredPair[]
}

const customersPerPage = 1000
/** Records that one process can number. */
const mostRecords = 2_000_000
const joinsPerLine = 1000

/** Learns who is one person from the evidence of all customers, joins the likely ones and puts the doubtful ones into the review queue. */
export async function resolveCustomers(
  { store, sharedIdentifiers, clock }: Pick<Services, "store" | "sharedIdentifiers" | "clock">,
  { posterior: wanted, dryRun, join, onProgress: say = () => {} }: ResolveOptions,
): Promise<Resolution> {
  await sharedIdentifiers.refresh()
  const { records, customers } = await readRecords(store, sharedIdentifiers.current(), say)
  say(`${records.length} records of ${customers} customers`)
  const posterior = posteriorFromVerdicts(await store.resolutions.verdicts(), wanted)
  const found = resolvePeople(records, { posterior, apart: await store.resolutions.apart(), say })
  if (found === null) {
    say(`fewer than ${leastRecords} records are too few to learn from: nobody is joined by score`)
    return {
      ...{ records: records.length, customers, joined: 0, waiting: 0, expectedFalseJoins: 0, posterior },
      ...{ joins: [], doubtful: [] },
    }
  }
  const { model, joins, doubtful, expectedFalseJoins } = found
  let joined = dryRun ? joins.length : 0
  for (const [n, pair] of dryRun ? [] : joins.entries()) {
    if (await join(pair)) joined++
    if ((n + 1) % joinsPerLine === 0) say(`${n + 1} of ${joins.length} joins done`)
  }
  const summary = {
    ...{ records: records.length, customers, joined, waiting: doubtful.length, expectedFalseJoins, posterior },
  }
  if (!dryRun) {
    await store.resolutions.replaceCandidates(doubtful, clock())
    await store.resolutions.saveModel(model, summary, clock())
  }
  return { ...summary, joins, doubtful }
}

/** Resolves now and then every so many hours; a run that fails is logged, and the next one comes in its turn. */
export async function resolveOnSchedule(
  services: Pick<Services, "store" | "sharedIdentifiers" | "clock" | "log">,
  { everyHours, pause }: { everyHours: number; pause: (ms: number) => Promise<boolean> },
  options: ResolveOptions,
): Promise<void> {
  const { clock, log } = services
  for (let goesOn = true; goesOn; ) {
    const begun = clock()
    try {
      const { joined, waiting } = await resolveCustomers(services, options)
      options.onProgress?.(`${joined} customers joined, ${waiting} pairs wait for review`)
    } catch (error) {
      log.error({ err: error }, "failed to resolve customers; the next run comes on time")
    }
    goesOn = await pause(Math.max(0, begun + everyHours * hourMs - clock()))
  }
}

async function readRecords(
  store: Services["store"],
  shared: ReadonlySet<string>,
  say: (line: string) => void,
): Promise<{ records: CustomersRecord[]; customers: number }> {
  const records: CustomersRecord[] = []
  const customers = new Set<string>()
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<typeof store.resolutions.people>> = await store.resolutions.people(
      after,
      customersPerPage,
    )
    for (const { customerId, recordId, identifiers, traits } of page.people) {
      customers.add(customerId)
      const own = identifiers.filter(({ type, value }) => !shared.has(`${type}:${value}`))
      records.push({ source: "", id: recordId, customerId, identifiers: own, traits })
    }
    if (records.length > mostRecords)
      throw new ApiError(
        "invalidRequest",
        `there are more than ${mostRecords} records, more than one process can compare`,
      )
    if (customers.size % 50_000 < customersPerPage) say(`${customers.size} customers read`)
    after = page.last
  } while (after !== null)
  return { records, customers: customers.size }
}
