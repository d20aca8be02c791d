import type { PreparedDecision } from "../decisions/prepare-decision.ts"

/** Returns whether a decision is a notice that an eligible recovery may join by a decision of its own. */
export const mayBeJoined = ({ answer: { chosen, trace } }: Pick<PreparedDecision, "answer">): boolean =>
  chosen?.offer.kind === "notice" &&
  trace.dropped.some(({ stage, rule }) => stage === "arbitration" && rule === "joins")
