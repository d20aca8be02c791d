import type { Services } from "../../services.ts"
import { createSigner, readToken } from "../access/signed-token.ts"

/** What a link of a mail carries: the decision it stands for and where it leads. */
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

/** What a token says; `null` if it is not ours. */
export async function readClickToken(services: Tools, token: string): Promise<Click | null> {
  const claims = await readToken(services, "click-link", token)
  if (claims === null) return null
  const [decisionId, address] = claims as [string, string]
  return { decisionId, address }
}
