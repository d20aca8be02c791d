import { type Channel, type Consent, channels } from "./consent.ts"

/** A consent without one channel, as of `at` (ISO 8601): off the others it stands; where none is left it is refused. `null` when there is nothing to withdraw. */
export function withdrawChannel(consent: Consent | undefined, channel: Channel, at: string): Consent | null {
  if (!consent?.granted) return null
  const before = consent.channels ?? channels
  if (!before.includes(channel)) return null
  const left = before.filter((other) => other !== channel)
  return { ...consent, granted: left.length > 0, at, source: "unsubscribed", channels: left }
}
