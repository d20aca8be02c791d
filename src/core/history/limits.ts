/** How much of each kind a history keeps; the latest stay. */
export const maxItems = 1000
export const maxRecent = 100
export const maxPurchaseTimes = 12
export const maxCases = 20
export const maxOrders = 100
export const maxOrderLines = 2000
