import postgres from "postgres"

export interface Losses {
  lost: number
  doubled: number
  /** The acknowledged ids that are not stored. */
  lostIds: string[]
  details: string[]
}

/** Acknowledged ids of messages and of decisions. */
interface Acknowledged {
  events: { keys(): Iterable<string> }
  decisions: { keys(): Iterable<string> }
}

/** Compares what was acknowledged with what is stored: events, decisions, and histories against the events they are folded from. */
export async function countLosses(databaseUrl: string, { events, decisions }: Acknowledged): Promise<Losses> {
  const client = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  try {
    const ids = async (query: string) => (await client.unsafe<{ id: string }[]>(query)).map(({ id }) => id)
    const found = {
      "events of messages": compare(events.keys(), await ids("select message_id as id from events")),
      decisions: compare(decisions.keys(), await ids("select id from decisions")),
      "decisions in their index": compare(decisions.keys(), await ids("select id from decision_index")),
    }
    const [folded] = await client<{ folded: number; stored: number }[]>`
      select
        (select coalesce(sum((item.value ->> 'views')::int), 0)::int
          from profiles cross join jsonb_each(history -> 'items') as item) as folded,
        (select coalesce(sum(jsonb_array_length(lines)), 0)::int from events where name = 'Product Viewed') as stored`
    const { folded: views, stored } = folded!
    return {
      lost: sum(Object.values(found).map(({ lost }) => lost.length)) + Math.max(0, stored - views),
      doubled: sum(Object.values(found).map(({ doubled }) => doubled)) + Math.max(0, views - stored),
      lostIds: [...new Set(Object.values(found).flatMap(({ lost }) => lost))],
      details: [
        ...Object.entries(found).map(([what, { lost, doubled }]) => `${what}: ${lost.length} lost, ${doubled} doubled`),
        `histories: ${views} views folded from ${stored} viewed products in events`,
      ],
    }
  } finally {
    await client.end()
  }
}

/** Lost: acknowledged and not there. Doubled: there more than once, acknowledged or not. */
function compare(acknowledged: Iterable<string>, stored: readonly string[]): { lost: string[]; doubled: number } {
  const distinct = new Set(stored)
  const lost = [...acknowledged].filter((id) => !distinct.has(id))
  return { lost, doubled: stored.length - distinct.size }
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
