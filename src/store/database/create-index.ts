import type postgres from "postgres"

const pattern =
  /^\s*(?:--[^\n]*\n\s*)*create (unique )?index concurrently(?: if not exists)? "(\w+)" on "(\w+)" ([^;]+?);?\s*$/i

/** True if a statement makes an index without keeping others from writing. */
export const isConcurrentIndex = (statement: string): boolean => pattern.test(statement)

type Run = (statement: string) => Promise<postgres.RowList<postgres.Row[]>>

const longestName = 63

/**
 * Makes an index while others read and write, also on a partitioned table, where PostgreSQL itself cannot: one for each partition,
 * then attached. What an earlier attempt left half-built is built anew. `run` sends a statement outside a transaction, `lock` one
 * in a transaction that may have to wait for a lock.
 */
export async function createIndexConcurrently(
  statement: string,
  run: Run,
  lock: (statement: string) => Promise<void>,
): Promise<void> {
  const [, unique = "", index, table, definition] = pattern.exec(statement)!
  const create = (name: string, on: string) =>
    createIfMissing({ name, statement: `create ${unique}index concurrently "${name}" on "${on}" ${definition}` }, run)
  const [owner] = await run(`select relkind = 'p' as partitioned from pg_class where oid = to_regclass('"${table}"')`)
  if (!owner?.partitioned) return create(index!, table!)
  await lock(`create ${unique}index if not exists "${index}" on only "${table}" ${definition}`)
  const partitions = await run(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = '"${table}"'::regclass`,
  )
  for (const { name } of partitions as unknown as { name: string }[]) {
    const partition = name.replaceAll('"', "")
    const child = `${index}_${partition}`.slice(0, longestName)
    const attached = await run(`
      select from pg_inherits join pg_index on indexrelid = inhrelid
      where inhparent = '"${index}"'::regclass and indrelid = '"${partition}"'::regclass`)
    if (attached.length > 0) continue
    await create(child, partition)
    await lock(`alter index "${index}" attach partition "${child}"`)
  }
}

async function createIfMissing({ name, statement }: { name: string; statement: string }, run: Run): Promise<void> {
  const [existing] = await run(`select indisvalid as valid from pg_index where indexrelid = to_regclass('"${name}"')`)
  if (existing?.valid) return
  if (existing !== undefined) await run(`drop index concurrently "${name}"`)
  await run(statement)
}
