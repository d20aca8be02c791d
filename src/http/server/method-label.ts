const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const
const known = new Set<string>(methods)

/** Returns a request's method as a metric's label: one of few, whatever a client sends. */
export const methodLabel = (method: string): string => (known.has(method) ? method : "other")
