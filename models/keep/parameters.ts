/** Hyper-parameters of the keep network. */
export interface KeepParameters {
  hidden: number
  learningRate: number
  batch: number
  /** Passes over the examples at most; the best on the last tenth stands. */
  epochs: number
  /** λ of λ · ‖weights‖² beside the summed log-loss: of the linear part, and of the hidden units. */
  decay: { wide: number; hidden: number }
  seed: number
  /** Called between units of work; may throw. */
  checkTime?: () => void
}

export const keepParameters: KeepParameters = {
  hidden: 16,
  learningRate: 0.01,
  batch: 256,
  epochs: 40,
  decay: { wide: 1, hidden: 10 },
  seed: 1,
}
