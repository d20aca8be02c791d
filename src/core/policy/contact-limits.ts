/** Lifetime of a used reservation; no policy looks back further. */
export const contactRetentionMs = 30 * 86_400_000
/** Most reservations kept per offer and channel; no cap is larger. */
export const maxRetainedUses = 50
