import { holds } from "../../core/access/permissions.ts"
import type { Caller } from "../../core/access/scope.ts"
import type { SendState } from "../../core/history/send-state.ts"
import type { SendReply, VetoRequest } from "../../core/plan/plan-schema.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { vetoPage } from "../../render/veto-page.ts"
import type { Services } from "../../services.ts"
import { readCustomerToken } from "../access/customer-token.ts"
import { noSend } from "./read-sends.ts"
import { reportSend } from "./report-send.ts"
import { readVetoToken } from "./veto-token.ts"

type Tools = Pick<Services, "store" | "clock" | "policies" | "catalogue">

/** Records a customer's veto before the dispatch. A public key needs the send's veto token, which its announcement carries, or a customer token. */
export async function vetoSend(
  services: Tools,
  id: string,
  { token, ...said }: VetoRequest,
  { scope }: Pick<Caller, "scope">,
): Promise<{ status: "recorded" | "repeated"; send: SendReply }> {
  if (token !== undefined) await assertOwn(services, id, token)
  else if (!holds(scope, "customers:name"))
    throw new ApiError(
      "customerTokenRequired",
      "`token` is required with a public key: send a customer token or the veto token of the send",
    )
  return reportSend(services, id, "vetoed", said)
}

async function assertOwn(services: Tools, id: string, token: string): Promise<void> {
  if ((await readVetoToken(services, token)) === id) return
  // A customer's token stays good for one who has been merged since.
  const named = await readCustomerToken(services, token)
  const [send, { customerId }] = await Promise.all([
    services.store.sends.read(id),
    services.store.customers.read(named),
  ])
  if (send === null || send.customerId !== customerId) throw noSend(id)
}

/** Returns the page of a veto link: a form, or the send's status. Reading it changes nothing, since mail scanners read it too. */
export async function showVeto(services: Tools, token: string): Promise<string> {
  const send = await sendOf(services, token)
  return vetoPage({ title: titleOf(services, send.itemId), state: answerOf(send.state) })
}

/** Records a veto by the form of the link's page and returns the page. */
export async function vetoByLink(services: Tools, token: string): Promise<string> {
  const send = await sendOf(services, token)
  if (answerOf(send.state) !== "tooLate")
    await reportSend(services, send.id, "vetoed", { at: new Date(services.clock()).toISOString() })
  return showVeto(services, token)
}

async function sendOf(services: Tools, token: string) {
  const id = await readVetoToken(services, token)
  const send = id === null ? null : await services.store.sends.read(id)
  if (send === null)
    throw new ApiError(
      "notFound",
      "the token of this link is invalid or incomplete; open the link from the message again",
    )
  return send
}

const answerOf = (state: SendState) =>
  state === "vetoed"
    ? "vetoed"
    : state === "proposed" || state === "approved" || state === "reserved"
      ? "open"
      : "tooLate"

const titleOf = ({ catalogue }: Tools, itemId: string) => catalogue.current().items.get(itemId)?.title ?? itemId
