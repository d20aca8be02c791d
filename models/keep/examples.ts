/** A send (or, before there are any, a line of an order) of which it is known what became of it. */
export interface KeepExample {
  customerId: string
  /** Time of the decision, milliseconds since the epoch. */
  at: number
  /** As known then, in the order of `keepFeatureNames`. */
  features: Float32Array
  kept: boolean
}
