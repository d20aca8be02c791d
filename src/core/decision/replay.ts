import { z } from "zod"
import { draw, uniformOf } from "../measure/draw.ts"
import type { Policy } from "../policy/policy.ts"
import { attributeFeatures, featuresVersion } from "../propensity/decision-features.ts"
import { incrementsOf, organicPropensity } from "../propensity/increment.ts"
import { networkWeight, pooledPropensity } from "../propensity/pool.ts"
import type { PropensityModels } from "../propensity/predict.ts"
import { priorPropensity } from "../propensity/prior.ts"
import { networkPropensities, type PropensityNetwork } from "../propensity/propensity-network.ts"
import { propensity } from "../propensity/smoothed-rates.ts"
import type { Channel } from "../schema/channel.ts"
import { armProbabilities } from "./arm.ts"
import { costFactorOf } from "./cost-factor.ts"
import { replayExample } from "./decision-examples.ts"
import { explore, toReward } from "./explore.ts"
import { ramped } from "./ramp-up.ts"
import { scoreOf } from "./score.ts"
import { seedOf } from "./seed.ts"
import type { DecisionTrace, TracedOption } from "./trace.ts"

/** The logged parts of a decision that determine its answer. */
export interface LoggedAnswer {
  id: string
  channel: Channel
  policyVersion: string
  offerId: string | null
  kind: string | null
  trace: DecisionTrace
}

export const replaySchema = z
  .object({
    decisionId: z.uuid(),
    identical: z.boolean().meta({ description: "True if every number and the answer equal the log." }),
    differences: z.array(z.object({ pointer: z.string(), logged: z.unknown(), replayed: z.unknown() })),
    replayed: z.object({
      kind: z.string(),
      offerId: z.string().nullable(),
      itemId: z.string().optional(),
      selectionProbability: z.number(),
    }),
    policyVersion: z.string(),
    modelVersion: z.uuid().nullable(),
  })
  .meta({ id: "Replay", example: replayExample })

export type Replay = Omit<z.infer<typeof replaySchema>, "modelVersion">

/** Recomputes a decision from its log: propensities from the logged features by the networks of its release, scores, chances and the draw. */
export function replay(
  logged: LoggedAnswer,
  policy: Policy,
  models: Pick<PropensityModels, "network" | "incremental">,
): Replay {
  const { trace } = logged
  const options = rescored(trace, logged.channel, models)
  const costFactor = costFactorIn(options, models)
  const standard = chancesOf(options, policy, costFactor)
  const most = options.map(({ maxProbability }) => maxProbability)
  const isDrawn = options[0]?.offerId === null
  const probabilities = isDrawn ? armProbabilities(standard, most, trace.arm?.name ?? "standard") : standard
  const uniform = uniformOf(seedOf(logged.id, logged.policyVersion, trace.attempt))
  const chosen = options[draw(probabilities, uniform)]!
  const differences = [
    ...options.flatMap((option, n) => [
      ...differing(`/options/${n}/propensity`, trace.options[n]!.propensity, option.propensity),
      ...differing(`/options/${n}/organicPropensity`, trace.options[n]!.organicPropensity, option.organicPropensity),
      ...differing(`/options/${n}/score`, trace.options[n]!.score, option.score),
      ...differing(`/options/${n}/probability`, trace.options[n]!.probability, probabilities[n]!),
      ...differing(
        `/options/${n}/standardProbability`,
        trace.options[n]!.standardProbability,
        probabilities === standard ? undefined : standard[n]!,
      ),
    ]),
    ...differing("/costFactor", trace.costFactor, costFactor),
    ...differing("/uniform", trace.uniform, uniform),
    ...differing("/featuresVersion", trace.featuresVersion, featuresVersion),
    ...differing("/offerId", logged.offerId, chosen.offerId),
    ...differing("/kind", logged.kind, chosen.kind),
  ]
  return {
    decisionId: logged.id,
    identical: differences.length === 0,
    differences,
    replayed: {
      kind: chosen.kind,
      offerId: chosen.offerId,
      ...(chosen.itemId !== undefined && { itemId: chosen.itemId }),
      selectionProbability: probabilities[options.indexOf(chosen)]!,
    },
    policyVersion: logged.policyVersion,
  }
}

/** JSON keeps no sign of zero, so 0 and -0 do not differ. */
const differing = (pointer: string, logged: unknown, replayed: unknown) =>
  logged === replayed ? [] : [{ pointer, logged, replayed }]

/** The logged options with propensities and scores computed anew. */
export function rescored(
  trace: DecisionTrace,
  channel: Channel,
  { network, incremental }: Pick<PropensityModels, "network" | "incremental">,
): TracedOption[] {
  const contextFeatures = Float32Array.from(trace.contextFeatures)
  const attributesFor = (model: PropensityNetwork) => attributeFeatures(trace.attributes, model.attributeNames)
  return trace.options.map((option) => {
    const { offerId, kind, propensitySource } = option
    if (offerId === null || kind === "nothing") return option
    const row = { offerId, features: Float32Array.from(option.features ?? []) }
    const rates = () => propensity(kind, channel, trace.rates)
    const prior = () => (option.prior ? priorPropensity(option.prior) : Number.NaN)
    const chances = {
      unconditional: () => 1,
      rates,
      prior,
      network() {
        if (!network) return Number.NaN
        const [own] = networkPropensities(network, contextFeatures, attributesFor(network), [row])
        return pooledPropensity(own!, option.prior ? prior() : rates(), networkWeight(network, kind, channel))
      },
    }
    const chance = chances[propensitySource ?? "unconditional"]()
    const organic =
      option.organicPropensity === null
        ? null
        : incremental
          ? organicPropensity(chance, incrementsOf(incremental, contextFeatures, attributesFor(incremental), [row])[0]!)
          : Number.NaN
    const terms = { ...option, propensity: chance, organicPropensity: organic }
    return { ...terms, score: scoreOf(terms) }
  })
}

/** Returns the cost factor of exploration over logged options, by the network of their propensities. */
export const costFactorIn = (
  options: readonly TracedOption[],
  { network }: Pick<PropensityModels, "network">,
): number =>
  options[0]?.offerId === null
    ? costFactorOf(
        options.flatMap(({ offerId, propensitySource }) =>
          offerId === null ? [] : [{ offerId, source: propensitySource }],
        ),
        network,
      )
    : 1

/** The distribution over options in the order of their scores, as arbitration makes it with this factor of the cost of exploring. */
export function chancesOf(options: readonly TracedOption[], policy: Policy, costFactor: number): readonly number[] {
  if (options[0]?.offerId !== null) return options.map((_, n) => (n === 0 ? 1 : 0))
  const scores = options.map(({ score }) => score)
  const rewards = scores.map((score) => toReward(score, policy.rewardBounds))
  const best = (options[1]?.score ?? 0) > 0 ? 1 : 0
  const { probabilities, epsilon } = explore(rewards, best, costFactor * policy.explorationCostShare)
  return ramped(
    probabilities,
    options.map(({ maxProbability }) => maxProbability),
    scores,
    epsilon / options.length,
  )
}
