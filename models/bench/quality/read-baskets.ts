import { readLines } from "./read-lines.ts"

/** Reads `baskets.json` of a folder: each customer's baskets of item numbers, oldest first, each item once a basket. */
export function readBaskets(folder: string): number[][][] {
  const basketsByCustomer = JSON.parse(readLines(folder, "baskets.json").join("\n")) as Record<string, number[][]>
  return Object.values(basketsByCustomer).map((baskets) => baskets.map((basket) => [...new Set(basket)]))
}
