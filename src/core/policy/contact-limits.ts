/** How long a use is remembered; no policy looks back further. */
export const contactRetentionMs = 30 * 86_400_000
/** How many uses of one offer on one channel are remembered; no cap is larger. */
export const maxRetainedUses = 50
