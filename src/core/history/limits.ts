/** Bounds of a history, by kind; the latest entries stay. */
export const maxItems = 1000
export const maxRecent = 100
export const maxPurchaseTimes = 12
export const maxCases = 20
export const maxOrders = 100
export const maxOrderLines = 2000
