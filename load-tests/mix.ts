export const verbs = ["recommend", "decide", "content", "track"] as const
export type Verb = (typeof verbs)[number]

/** Of a hundred requests, how many ask what. */
const steadyMix: Readonly<Record<Verb, number>> = { recommend: 70, decide: 15, content: 5, track: 10 }

/** Draws a request of the steady mix by a uniform number in [0, 1). */
export function drawVerb(random: number): Verb {
  let left = random * 100
  for (const verb of verbs) {
    if (left < steadyMix[verb]) return verb
    left -= steadyMix[verb]
  }
  throw new Error("the shares of the mix must sum to a hundred")
}
