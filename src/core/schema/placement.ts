import { z } from "zod"

/** The name of a slot that asks, such as `home-hero`. */
export const placementSchema = z.string().min(1).max(100)
