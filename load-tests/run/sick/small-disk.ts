import { execFileSync } from "node:child_process"

/** Mounts a file system of its own, in memory, on a folder; returns false where that is not allowed: only root may, on Linux. */
export function mountSmallDisk(folder: string, megabytes: number): boolean {
  try {
    const options = `size=${megabytes}m,mode=755`
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

/** Takes the file system off the folder, also while something still uses it. */
export const unmount = (folder: string): void => {
  execFileSync("umount", ["--lazy", folder])
}
