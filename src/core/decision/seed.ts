/** What the draw of one attempt at a decision is seeded with. */
export const seedOf = (decisionId: string, policyVersion: string, attempt: number): string =>
  `${decisionId}/${policyVersion}/${attempt}`
