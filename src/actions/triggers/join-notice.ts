import type { PreparedDecision } from "../decisions/prepare-decision.ts"

/** Whether a decision is a notice beside which a recovery stood; that is then decided apart and joins it. */
export const mayBeJoined = ({ answer: { chosen, trace } }: Pick<PreparedDecision, "answer">): boolean =>
  chosen?.offer.kind === "notice" &&
  trace.dropped.some(({ stage, rule }) => stage === "arbitration" && rule === "joins")
