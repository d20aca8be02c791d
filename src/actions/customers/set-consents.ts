import type { Actor } from "../../core/access/actor.ts"
import { type ConsentStatement, type ConsentsAnswer, consentStatementSchema } from "../../core/customer/set-consents.ts"
import { ApiError, type FieldError } from "../../core/problem/problem.ts"
import { checkEach, noneGood } from "../../core/schema/check-each.ts"
import type { Services } from "../../services.ts"
import { runCooperatively } from "../operations/run-cooperatively.ts"
import { resolveReference } from "./find-customer.ts"
import { inPortions } from "./in-portions.ts"
import { setConsent } from "./set-consent.ts"

type Tools = Pick<Services, "store" | "clock" | "settings" | "sharedIdentifiers">
type Result = ConsentsAnswer["results"][number]

/**
 * Records each statement that is good, in commits that they share, and says of the others what is wrong; throws `invalidRequest` when
 * none is good. Sent again, they change nothing.
 */
export async function setConsents(services: Tools, values: readonly unknown[], actor: Actor): Promise<ConsentsAnswer> {
  const checked = await runCooperatively(checkEach("consents", values, { schema: consentStatementSchema }))
  const results = await inPortions(checked, async (result, n) =>
    "good" in result ? setOne(services, result.good, `/consents/${n}`, actor) : rejected(result.errors),
  )
  const recorded = results.filter(({ status }) => status === "recorded").length
  if (recorded === 0) throw noneGood(results.flatMap(({ errors }) => errors ?? []))
  return { recorded, results }
}

const rejected = (errors: FieldError[]): Result => ({ status: "rejected", errors })

async function setOne(
  services: Tools,
  { customer: reference, purpose, ...consent }: ConsentStatement,
  pointer: string,
  actor: Actor,
): Promise<Result> {
  try {
    const customer = await resolveReference(services, reference)
    const { customerId } = await setConsent(services, { customer, purpose, consent }, actor)
    return { status: "recorded", customerId }
  } catch (error) {
    const fault = statementError(error, pointer)
    if (fault === null) throw error
    return rejected([fault])
  }
}

/** Returns a statement's own fault; `null` where it is the service that cannot record it. */
function statementError(error: unknown, pointer: string): FieldError | null {
  if (!(error instanceof ApiError)) return null
  switch (error.code) {
    case "invalidRequest":
      return { pointer: `${pointer}${error.errors?.[0]?.pointer ?? "/customer"}`, message: error.message }
    case "notFound":
    case "invalidCustomerToken":
      return { pointer: `${pointer}/customer`, message: error.message }
    default:
      return null
  }
}
