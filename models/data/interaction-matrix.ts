/** Interactions by customer: customer `u` holds entries `offsets[u]` up to `offsets[u + 1]` (CSR). */
export interface InteractionMatrix {
  customers: number
  items: number
  /** `customers + 1` values, ascending. */
  offsets: Int32Array
  /** Item rows, ascending and distinct within a customer. */
  indexes: Int32Array
  /** Positive. */
  confidence: Float32Array
}

/** The same with the time of each customer's last interaction with the item; milliseconds since the epoch. */
export interface TimedInteractions extends InteractionMatrix {
  lastAt: Float64Array
}
