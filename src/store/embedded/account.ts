import { execFileSync, spawnSync } from "node:child_process"

export interface Account {
  uid: number
  gid: number
}

const name = "postgres"

/** PostgreSQL refuses to run as root: root gets the `postgres` account, made if missing; anybody else runs it as themselves. */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  if (spawnSync("id", ["-u", name]).status !== 0) {
    try {
      execFileSync("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name])
    } catch (cause) {
      if (spawnSync("id", ["-u", name]).status !== 0)
        throw new Error(
          `cannot make the account "${name}" for the embedded database; start as an ordinary user or set DATABASE_URL`,
          { cause },
        )
    }
  }
  return { uid: idOf("-u"), gid: idOf("-g") }
}

const idOf = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8" }))

/** True if the account may pass through every folder on the way to `path` and read it. */
export function canReach(path: string, account: Account): boolean {
  return spawnSync("test", ["-r", path, "-a", "-x", path], { ...account, cwd: "/" }).status === 0
}
