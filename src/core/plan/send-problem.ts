/** Candidate sends in columns: rows of customer `c` are `offsets[c]` to `offsets[c + 1]`. */
export interface SendCandidates {
  /** customers + 1, ascending from 0. */
  offsets: Int32Array
  /** Indexes into `SendLimits.stock`; no item twice for one customer. */
  item: Int32Array
  /** Δ of a send, in money. */
  value: Float64Array
  /** P(keep | sent). */
  keep: Float64Array
  /** Money at risk of a send. */
  money: Float64Array
}

/** `Infinity`: no limit. */
export interface SendLimits {
  money: number
  volume: number
  /** Units an item. */
  stock: ArrayLike<number>
  /** Sends a customer may get, for all or one value a customer. */
  contacts: number | ArrayLike<number>
  /** The least expected kept share of all sends together … */
  promise: number
  /** … and the least P(keep | sent) of each. */
  floor: number
}
