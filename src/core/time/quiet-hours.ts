import type { Channel } from "../schema/channel.ts"
import { localTime } from "./local-time.ts"

/** Hours of the customer's day in which some channels are silent, `from` ("21:00") to `to` ("08:00"), over midnight too. */
export interface QuietHours {
  from: string
  to: string
  channels: readonly Channel[]
  /** Time zone of customers whose trait `timezone` is missing. */
  timeZone?: string | undefined
}

export const hourOf = (clock: string): number => Number(clock.slice(0, 2)) + Number(clock.slice(3)) / 60

/** True if a channel may be used at `nowMs` in a time zone. */
export function isOutside(
  { from, to, channels }: QuietHours,
  channel: Channel,
  nowMs: number,
  timeZone: string,
): boolean {
  if (!channels.includes(channel)) return true
  const { hour } = localTime(nowMs, timeZone)
  const [start, end] = [hourOf(from), hourOf(to)]
  return start < end ? hour < start || hour >= end : hour < start && hour >= end
}
