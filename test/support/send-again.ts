import { setTimeout as sleep } from "node:timers/promises"
import { isUnavailable } from "../../src/core/problem/problem.ts"

const maxSendings = 20

/** Sends again what was refused as unavailable, as a client does: on a busy machine others may hold a row for longer than is waited. */
export async function sendAgain<T>(send: () => Promise<T>): Promise<T> {
  for (let sending = 1; ; sending++) {
    try {
      return await send()
    } catch (error) {
      if (!isUnavailable(error) || sending === maxSendings) throw error
      await sleep(100)
    }
  }
}
