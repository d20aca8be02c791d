import type { Services } from "../../services.ts"
import { createSigner, readToken } from "../access/signed-token.ts"

/** The contents of a link in content: its decision and its target address. */
export interface Click {
  decisionId: string
  address: string
}

type Tools = Pick<Services, "store" | "clock">

/** Makes tokens, so that nobody else can make a link of ours that leads elsewhere. */
export async function createClickSigner(services: Tools): Promise<(click: Click) => string> {
  const sign = await createSigner(services, "click-link")
  return ({ decisionId, address }) => sign([decisionId, address])
}

/** Returns the click that a token carries, or `null` for a token that this installation did not sign. */
export async function readClickToken(services: Tools, token: string): Promise<Click | null> {
  const claims = await readToken(services, "click-link", token)
  if (claims === null) return null
  const [decisionId, address] = claims as [string, string]
  return { decisionId, address }
}
