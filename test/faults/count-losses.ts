import postgres from "postgres"
import type { Written } from "./writers.ts"

export interface Losses {
  lost: number
  doubled: number
  details: string[]
}

/** Compares what was acknowledged with what is stored: events, decisions, and histories against the events they are folded from. */
export async function countLosses(databaseUrl: string, { events, decisions }: Written): Promise<Losses> {
  const client = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  try {
    const ids = async (query: string) => (await client.unsafe<{ id: string }[]>(query)).map(({ id }) => id)
    const found = {
      "events of messages": compare(events, await ids("select message_id as id from events")),
      decisions: compare(decisions, await ids("select id from decisions")),
      "decisions in their index": compare(decisions, await ids("select id from decision_index")),
    }
    const [folded] = await client<{ views: number; events: number }[]>`
      select (select coalesce(sum((history -> 'items' -> 'sku-1' ->> 'views')::int), 0)::int from profiles) as views,
        (select count(*)::int from events) as events`
    const { views, events: stored } = folded!
    return {
      lost: sum(Object.values(found).map(({ lost }) => lost)) + Math.max(0, stored - views),
      doubled: sum(Object.values(found).map(({ doubled }) => doubled)) + Math.max(0, views - stored),
      details: [
        ...Object.entries(found).map(([what, { lost, doubled }]) => `${what}: ${lost} lost, ${doubled} doubled`),
        `histories: ${views} views folded from ${stored} events`,
      ],
    }
  } finally {
    await client.end()
  }
}

/** Lost: acknowledged and not there. Doubled: there more than once, acknowledged or not. */
function compare(acknowledged: ReadonlySet<string>, stored: readonly string[]): { lost: number; doubled: number } {
  const distinct = new Set(stored)
  const lost = [...acknowledged].filter((id) => !distinct.has(id)).length
  return { lost, doubled: stored.length - distinct.size }
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
