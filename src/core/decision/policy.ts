import type { Channel } from "../customer/consent.ts"

/** How a placement weighs and explores; a change of anything here needs a new version. */
export interface Policy {
  version: string
  /** Scores, in money, that count as 0 and 1 for exploration; beyond them scores are clipped. Fixed per version, never per request. */
  rewardBounds: { low: number; high: number }
  /** The most that exploring may cost per decision, as a share of the reward bounds' span. */
  explorationCostShare: number
  /** How many offers, best first, are explored beside `nothing`. */
  maxExplored: number
  /** How long a decision holds what it reserved before it must be activated. */
  expiresAfterMinutes: { onSite: number; offSite: number }
  /** Whether recommendations may contain what the customer already has. */
  repeats: "allowed" | "excluded"
}

/** The policy of every placement that has none of its own. */
export const defaultPolicy: Policy = {
  version: "default-1",
  rewardBounds: { low: -1, high: 4 },
  explorationCostShare: 0.02,
  maxExplored: 20,
  expiresAfterMinutes: { onSite: 60, offSite: 7 * 24 * 60 },
  repeats: "excluded",
}

const onSiteChannels: ReadonlySet<Channel> = new Set(["web", "app", "store"])

/** Whether the customer came to the shop; elsewhere the shop comes to them and needs their consent. */
export const isOnSite = (channel: Channel): boolean => onSiteChannels.has(channel)
