export interface LocalSlimParameters {
  /** A customer of n items weighs 1 / n^customerExponent. */
  readonly customerExponent: number
  /** The most items that may explain one. */
  readonly support: number
  /** Those with the largest pair weight over their own weight to this power are taken. */
  readonly supportExponent: number
  /** λ, as a multiple of the items' mean weight^(1 − regularizationExponent), so that it means the same for any data. */
  readonly regularization: number
  /** γ: an item of weight w is regularised by λ · w^γ. */
  readonly regularizationExponent: number
}
