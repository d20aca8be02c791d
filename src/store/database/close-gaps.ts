interface ResolvingQuery {
  resolve(rows: unknown): void
}

/**
 * Has a query answer its rows without a gap before them. Where a statement fails after some of its rows were sent, because it was
 * cancelled or a row could not be computed, postgres.js (issues 1119, 1181) keeps their number and leaves so many places free before
 * the first row of the next statement on that connection.
 */
export function closeGaps<Q>(query: Q): Q {
  const resolving = query as Q & ResolvingQuery
  const { resolve } = resolving
  resolving.resolve = (rows) => {
    if (Array.isArray(rows) && rows.length > 0 && !(0 in rows))
      rows.splice(
        0,
        rows.findIndex((_, place) => place in rows),
      )
    resolve(rows)
  }
  return query
}
