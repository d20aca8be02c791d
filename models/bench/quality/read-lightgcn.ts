import { readLines } from "./read-lines.ts"

/** Item numbers of each user: what a fit may see, what it may be chosen by, and what it is measured by. */
export interface SetData {
  train: ReadonlyMap<number, readonly number[]>
  valid: ReadonlyMap<number, readonly number[]>
  test: ReadonlyMap<number, readonly number[]>
}

/** Reads `train`, `valid` and `test` of a folder; a line is a user and their items. */
export const readLightgcn = (folder: string): SetData => ({
  train: readSets(folder, "train.txt"),
  valid: readSets(folder, "valid.txt"),
  test: readSets(folder, "test.txt"),
})

function readSets(folder: string, file: string): Map<number, number[]> {
  const itemsByUser = new Map<number, number[]>()
  for (const line of readLines(folder, file)) {
    const [user, ...items] = line.trim().split(/\s+/).map(Number)
    if (user === undefined || Number.isNaN(user)) continue
    itemsByUser.set(user, [...new Set([...(itemsByUser.get(user) ?? []), ...items])])
  }
  return itemsByUser
}
