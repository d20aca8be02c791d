/** Returns the seed of the draw of one attempt at a decision. */
export const seedOf = (decisionId: string, policyVersion: string, attempt: number): string =>
  `${decisionId}/${policyVersion}/${attempt}`
