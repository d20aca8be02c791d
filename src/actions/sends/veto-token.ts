import type { Services } from "../../services.ts"
import { readToken, signToken } from "../access/signed-token.ts"

type Tools = Pick<Services, "store" | "clock">

/** With it, whoever got the announcement says no to one send, and nothing else; it is good for as long as a veto is. */
export const signVetoToken = (services: Tools, sendId: string): Promise<string> =>
  signToken(services, "veto-token", [sendId])

/** The send a token says no to; `null` for one that is not ours. */
export async function readVetoToken(services: Tools, token: string): Promise<string | null> {
  const claims = (await readToken(services, "veto-token", token)) as [string] | null
  return claims?.[0] ?? null
}
