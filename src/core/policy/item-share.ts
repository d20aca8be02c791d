/** Largest share of a plan's sends, or of a campaign's customers, that one item has unless another is requested. */
export const defaultItemShare = 0.1

/** Returns the largest share that one of so many items may have: the requested one, of few items three times an equal share. */
export const largestItemShare = (items: number, requested = defaultItemShare): number =>
  Math.min(1, Math.max(requested, 3 / Math.max(1, items)))
