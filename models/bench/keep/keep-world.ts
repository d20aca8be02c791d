import { randomWorld, type World } from "../../simulate/world.ts"

/** Draws a world from the shop's own ranges; only the number of customers is fixed, which bounds the run time. */
export const keepWorld = (seed: number): World => ({ ...randomWorld(seed), customers: 1500 })
