/** The item graphs a release may have, each leading from an item to those it speaks for. */
export const graphNames = [
  "coOccurrence",
  "slim",
  "transitions",
  "directTransitions",
  "twoStepTransitions",
  "spectral",
  "content",
] as const
export type GraphName = (typeof graphNames)[number]

/** Scorers that ask the graph of their name with everything a customer ever did. */
const historyScorers = ["coOccurrence", "slim"] as const satisfies readonly GraphName[]
export type HistoryScorer = (typeof historyScorers)[number]

/** Scorers that ask a graph with the latest steps, and the graph of each. */
export const sessionScorers = {
  sessionCoOccurrence: "coOccurrence",
  transitions: "transitions",
  directTransitions: "directTransitions",
  twoStepTransitions: "twoStepTransitions",
  spectral: "spectral",
  content: "content",
} as const satisfies Record<string, GraphName>
export type SessionScorer = keyof typeof sessionScorers
export const isHistoryScorer = (scorer: string): scorer is HistoryScorer =>
  historyScorers.some((name) => name === scorer)
export const sessionScorerNames = Object.keys(sessionScorers) as readonly SessionScorer[]

/** Everything that scores items for a customer; the blend learns how they add up. */
export const scorerNames = [
  "factors",
  "coOccurrence",
  "slim",
  "sessionCoOccurrence",
  "transitions",
  "directTransitions",
  "twoStepTransitions",
  "spectral",
  "content",
  "sessions",
  "habit",
  "popularity",
] as const
export type ScorerName = (typeof scorerNames)[number]

/** Policies on items that the customer bought and kept: allowed in an answer, or excluded. */
export const repeatPolicies = ["allowed", "excluded"] as const
export type Repeats = (typeof repeatPolicies)[number]
