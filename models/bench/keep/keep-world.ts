import { randomWorld, type World } from "../../simulate/world.ts"

/** A world drawn from the shop's own ranges; only the number of customers is fixed, so that the runs end. */
export const keepWorld = (seed: number): World => ({ ...randomWorld(seed), customers: 1500 })
