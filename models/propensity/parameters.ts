/** Parameters of a fit of the network. */
export interface NetworkParameters {
  /** Length of an offer's vector. */
  embedding: number
  hidden: readonly [number, number]
  /** Rate of the first step; it falls linearly to 0. */
  learningRate: number
  batch: number
  /** Steps at least; passes over the examples are whole. */
  steps: number
  decay: Decay
  /** The share of examples whose offer is hidden, so that row 0 learns to stand for new ones. */
  hideOffer: number
  seed: number
  /** Asked between units of work; may throw. */
  checkTime?: () => void
}

/** λ of λ · weight² beside the summed log-loss, by what a weight belongs to. */
export interface Decay {
  /** Weights straight from a feature of the context, or an attribute. */
  context: number
  /** Weights straight from a feature of the candidate. */
  candidate: number
  /** Bias of an offer. */
  offer: number
  /** Weights by which features, or features and offers, interact. */
  interaction: number
}

export const defaultNetworkParameters: NetworkParameters = {
  embedding: 8,
  hidden: [32, 16],
  learningRate: 0.02,
  batch: 1024,
  steps: 250,
  decay: { context: 20, candidate: 20, offer: 20, interaction: 20 },
  hideOffer: 0.02,
  seed: 1,
}

/**
 * P(accept | offered) is believed to add up from few things before it is believed to be intricate: what a candidate is to the customer counts most, the
 * context less, since it is much the same for all candidates. How much features and offers interact is for the data to say: little, or much.
 */
export const propensityCandidates: readonly NetworkParameters[] = [200, 20].map((interaction) => ({
  ...defaultNetworkParameters,
  decay: { context: 15, candidate: 2.5, offer: 2.5, interaction },
}))
