import { newId } from "../../src/start/new-id.ts"
import type { Decision } from "../../src/store/decisions/decision-types.ts"

/** Returns a decision to store: a promotion on the web that nobody was shown yet, but for what is given. */
export const decisionRow = (given: Partial<Decision> & Pick<Decision, "at">): Decision => ({
  id: newId(),
  customerId: newId(),
  verb: "decide",
  placement: "home",
  channel: "web",
  kind: "promotion",
  offerId: "spring",
  releaseId: null,
  policyVersion: "default-1",
  trace: {},
  expiresAt: null,
  activatedAt: null,
  ...given,
})
