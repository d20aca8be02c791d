import type { Catalogue } from "../catalogue/catalogue.ts"
import type { OfferKind } from "../catalogue/offer.ts"
import { arbitrate, type Contest, type ScoredCandidate, score } from "./arbitrate.ts"
import { type Candidate, candidatesFor, type Situation } from "./candidate.ts"
import { draw, uniformOf } from "./draw.ts"
import type { Policy } from "./policy.ts"
import type { AcceptanceCount } from "./propensity.ts"
import { type Drop, firstDrop } from "./stages.ts"
import type { DecisionTrace } from "./trace.ts"

export interface DecideQuestion extends Situation {
  decisionId: string
  /** Counts from 0; recording may refuse an answer, then the question is asked again. */
  attempt: number
}

export interface DecideAnswer {
  /** `null`: nothing is the best that can be done. */
  chosen: ScoredCandidate | null
  kind: OfferKind | "nothing"
  /** The policy's chance of choosing this, exactly. */
  selectionProbability: number
  trace: DecisionTrace
}

/** The next best offer or `nothing`: candidates → stages → score → arbitration → one draw whose whole distribution is in the trace. */
export function decide(
  question: DecideQuestion,
  { offers, items }: Pick<Catalogue, "offers" | "items">,
  counts: readonly AcceptanceCount[],
  policy: Policy,
): DecideAnswer {
  const judged = candidatesFor(question, offers.values(), items).map((candidate) => ({
    candidate,
    drop: firstDrop(candidate, question),
  }))
  const survivors = judged
    .filter(({ drop }) => drop === null)
    .map(({ candidate }) => score(candidate, question, counts))
  const contest = arbitrate(survivors, question, policy)
  const seed = `${question.decisionId}/${policy.version}/${question.attempt}`
  const uniform = uniformOf(seed)
  const option =
    contest.options[
      draw(
        contest.options.map(({ probability }) => probability),
        uniform,
      )
    ]!
  const dropped = [
    ...judged.flatMap(({ candidate, drop }) => (drop ? [{ candidate, drop }] : [])),
    ...contest.outscored,
  ]
  return {
    chosen: option.candidate,
    kind: option.candidate?.offer.kind ?? "nothing",
    selectionProbability: option.probability,
    trace: traceOf(contest, dropped, policy, seed, uniform),
  }
}

function traceOf(
  { options, gamma, epsilon }: Contest,
  dropped: readonly { candidate: Candidate; drop: Drop }[],
  { rewardBounds }: Policy,
  seed: string,
  uniform: number,
): DecisionTrace {
  return {
    basis: "propensity",
    options: options.map(({ candidate, reward, probability }) => ({
      offerId: candidate?.offer.id ?? null,
      kind: candidate?.offer.kind ?? "nothing",
      propensity: candidate?.propensity ?? null,
      value: candidate?.offer.value ?? 0,
      cost: candidate?.offer.cost ?? 0,
      score: candidate?.score ?? 0,
      reward,
      probability,
    })),
    dropped: dropped.map(({ candidate, drop }) => ({ offerId: candidate.offer.id, ...drop })),
    rewardBounds,
    gamma,
    epsilon,
    seed,
    uniform,
  }
}
