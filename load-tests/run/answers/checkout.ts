import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, openSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"

const git = (args: readonly string[], cwd: string): string =>
  execFileSync("git", args, { cwd, encoding: "utf8" }).trim()

/** Returns a commit's id in full; throws when the repository at `root` has no such commit. */
export function commitOf(root: string, name: string): string {
  try {
    return git(["rev-parse", "--verify", "--quiet", `${name}^{commit}`], root)
  } catch {
    throw new Error(`found no commit ${name} in ${root}; fetch it first`)
  }
}

/** Returns the commit at `root` in short, and says if files differ from it. */
export function describeCheckout(root: string): string {
  const changed = git(["status", "--porcelain", "--untracked-files=no"], root) !== ""
  return `${git(["rev-parse", "--short=7", "HEAD"], root)}${changed ? " with uncommitted changes" : ""}`
}

/** Checks a commit out into a worktree at `folder` and installs its own packages there; `closing` gets what removes it. */
export async function checkOut(
  { root, commit, folder, logFile }: { root: string; commit: string; folder: string; logFile: string },
  closing: (() => unknown)[],
): Promise<void> {
  closing.push(() => {
    rmSync(folder, { recursive: true, force: true })
    git(["worktree", "prune"], root)
  })
  git(["worktree", "add", "--detach", "--quiet", folder, commit], root)
  const log = openSync(logFile, "w")
  const install = spawn("npm", ["ci", "--prefer-offline", "--no-audit", "--no-fund"], {
    cwd: folder,
    detached: true,
    stdio: ["ignore", log, log],
  })
  closing.push(() => endGroup(install))
  const [code] = await Promise.race([
    once(install, "exit"),
    once(install, "error").then(([error]) => Promise.reject(error)),
  ])
  if (code !== 0)
    throw new Error(`npm ci of ${commit} ended with ${code}:\n${readFileSync(logFile, "utf8").slice(-2000)}`)
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, "exit")
  process.kill(-child.pid, "SIGTERM")
  await exited
}

/** Returns the API words of the commit checked out at `root`, as the path of a `routes.ts`; `older` for one that has none. */
export function routesFileOf(root: string, older: string): string {
  const own = join(root, "load-tests/routes.ts")
  return existsSync(own) ? own : older
}
