/** The item graphs a release may have, each leading from an item to those it speaks for. */
export const graphNames = ["together", "slim", "onward", "next", "beyond", "spectral", "content"] as const
export type GraphName = (typeof graphNames)[number]

/** Parts that ask the graph of their name with everything a customer ever did. */
const tasteParts = ["together", "slim"] as const satisfies readonly GraphName[]
export type TastePart = (typeof tasteParts)[number]

/** Parts that ask a graph with the latest moments, and the graph of each. */
export const momentParts = {
  intent: "together",
  onward: "onward",
  next: "next",
  beyond: "beyond",
  spectral: "spectral",
  content: "content",
} as const satisfies Record<string, GraphName>
export type MomentPart = keyof typeof momentParts
export const isTastePart = (part: string): part is TastePart => tasteParts.some((name) => name === part)
export const momentPartNames = Object.keys(momentParts) as readonly MomentPart[]

/** Everything that scores items for a customer; the blend learns how they add up. */
export const partNames = [
  "factors",
  "together",
  "slim",
  "intent",
  "onward",
  "next",
  "beyond",
  "spectral",
  "content",
  "sessions",
  "habit",
  "popularity",
] as const
export type PartName = (typeof partNames)[number]

/** Whether an answer may hold what the customer bought and kept. */
export const repeatPolicies = ["allowed", "excluded"] as const
export type Repeats = (typeof repeatPolicies)[number]
