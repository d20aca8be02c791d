import postgres from "postgres"
import { inject } from "vitest"

/**
 * Makes commits on one database of the shared server wait for a standby that does not exist, until the returned function is called.
 * Other databases stay as they are, because they commit without waiting.
 */
export async function loseStandby(databaseUrl: string): Promise<() => Promise<void>> {
  const administrator = postgres(inject("postgresUrl"), { max: 1, onnotice: () => {} })
  const name = new URL(databaseUrl).pathname.slice(1)
  const setStandbys = async (names: string) => {
    await administrator.unsafe(`alter system set synchronous_standby_names = '${names}'`)
    await administrator`select pg_reload_conf()`
  }
  await administrator.unsafe(`alter database ${name} set synchronous_commit = on`)
  // Sessions that are open keep what they began with.
  await administrator`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`
  await setStandbys("nobody")
  return async () => {
    await setStandbys("")
    await administrator.end()
  }
}
