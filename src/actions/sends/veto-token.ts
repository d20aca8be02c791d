import type { Services } from "../../services.ts"
import { readToken, signToken } from "../access/signed-token.ts"

type Tools = Pick<Services, "store" | "clock">

/** Returns a token that vetoes one send and nothing else, for as long as a veto is possible. */
export const signVetoToken = (services: Tools, sendId: string): Promise<string> =>
  signToken(services, "veto-token", [sendId])

/** Returns the send id of a veto token, or `null` for an invalid token. */
export async function readVetoToken(services: Tools, token: string): Promise<string | null> {
  const claims = (await readToken(services, "veto-token", token)) as [string] | null
  return claims?.[0] ?? null
}
