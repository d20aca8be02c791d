/** What a fit of the network is told. */
export interface NetworkParameters {
  /** Length of an offer's vector. */
  embedding: number
  hidden: readonly [number, number]
  learningRate: number
  batch: number
  /** Passes over the examples at most; the best on the last tenth stands. */
  epochs: number
  /** λ of λ · ‖weights‖² beside the summed log-loss, of the network and of what is learnt per offer. */
  decay: number
  offerDecay: number
  /** The share of examples whose offer is hidden, so that row 0 learns to stand for new ones. */
  hideOffer: number
  seed: number
}

export const defaultNetworkParameters: NetworkParameters = {
  embedding: 8,
  hidden: [32, 16],
  learningRate: 0.003,
  batch: 512,
  epochs: 40,
  decay: 20,
  offerDecay: 20,
  hideOffer: 0.02,
  seed: 1,
}

/** P(accept | offered) is drawn harder towards few features mattering: acceptances are rare, and what a history tells is much the same thing said often. */
export const propensityParameters: NetworkParameters = { ...defaultNetworkParameters, decay: 60 }
