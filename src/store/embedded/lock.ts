import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { isStillAlive, type ProcessIdentity, thisProcess } from "./process.ts"

/** Runs `critical` while no other process does, by a file that names its holder; a dead holder's is taken away. */
export async function withLockFile<T>(path: string, critical: () => Promise<T>): Promise<T> {
  while (!take(path)) {
    removeIfAbandoned(path)
    await sleep(20)
  }
  try {
    return await critical()
  } finally {
    rmSync(path, { force: true })
  }
}

function take(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(thisProcess()), { flag: "wx", mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    throw error
  }
}

function removeIfAbandoned(path: string): void {
  const holder = read(path)
  if (holder === undefined || isStillAlive(holder)) return
  // Renaming shows whose file was taken away: if a live process was quicker, its file goes back.
  const taken = `${path}.${process.pid}`
  try {
    renameSync(path, taken)
    const takenFrom = read(taken)
    if (takenFrom && isStillAlive(takenFrom)) renameSync(taken, path)
    else rmSync(taken, { force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
  }
}

function read(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ProcessIdentity
  } catch {
    return undefined
  }
}
