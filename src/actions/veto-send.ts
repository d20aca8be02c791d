import type { SendReply, VetoRequest } from "../core/proactive/plan-answers.ts"
import { ApiError } from "../core/problem.ts"
import type { Caller } from "../core/scope.ts"
import type { Services } from "../services.ts"
import { askStore } from "./ask-store.ts"
import { readCustomerToken } from "./customer-token.ts"
import { moveSend } from "./move-send.ts"
import { noSend } from "./read-sends.ts"

type Tools = Pick<Services, "store" | "clock" | "policies">

/** The customer says no before it leaves. A public key needs a token of the customer's, which comes with the message that announced it. */
export async function vetoSend(
  services: Tools,
  id: string,
  { token, ...said }: VetoRequest,
  { scope }: Pick<Caller, "scope">,
): Promise<{ status: "moved" | "repeated"; send: SendReply }> {
  if (token !== undefined) await assertOwn(services, id, token)
  else if (scope === "write")
    throw new ApiError("customerTokenRequired", "a public key says no for a customer only with their token")
  return moveSend(services, id, "vetoed", said)
}

/** A token stays good for a customer who has been merged since. */
async function assertOwn(services: Tools, id: string, token: string): Promise<void> {
  const named = await readCustomerToken(services, token)
  const [send, { customerId }] = await askStore(services, (store) =>
    Promise.all([store.sends.read(id), store.customers.read(named)]),
  )
  if (send === null || send.customerId !== customerId) throw noSend(id)
}
