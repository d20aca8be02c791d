import { readLines } from "./read-lines.ts"

export interface SessionData {
  /** Item numbers of each session, the oldest session and the oldest item first. */
  train: number[][]
  test: { prefix: number[]; next: number }[]
}

/** Reads `train.sessions.txt` (a session a line) and `test.pairs.txt` (a prefix, a tab, the next item) of a folder. */
export function readSessions(folder: string): SessionData {
  const numbers = (text: string) => text.trim().split(/\s+/).map(Number)
  return {
    train: readLines(folder, "train.sessions.txt")
      .filter((line) => line.trim() !== "")
      .map(numbers),
    test: readLines(folder, "test.pairs.txt").flatMap((line) => {
      const [prefix, next] = line.split("\t")
      return prefix === undefined || next === undefined ? [] : [{ prefix: numbers(prefix), next: Number(next) }]
    }),
  }
}
