/** Signs in a request for a link of who makes it. */
export interface LinkRequest {
  userAgent: string | undefined
  /** Purpose stated by headers such as `Sec-Purpose`. */
  purposes: readonly (string | undefined)[]
}

/** Mail gateways, image and privacy proxies, previews of chat programs, crawlers, and programs that are no browsers; CUBOT makes telephones. */
const machineAgents =
  /(?<!cu)bot\b|crawl|spider|scan|preview|prefetch|proxy|fetch|monitor|validator|link-?check|headless|phantomjs|puppeteer|playwright|selenium|curl|wget|httpie|python|java\/|okhttp|go-http|libwww|lwp|perl|ruby|php|guzzle|axios|^node\b|undici|http-?client|winhttp|powershell|barracuda|proofpoint|mimecast|messagelabs|symantec|forti(?:net|mail|guard)|sophos|trend ?micro|mcafee|trellix|fireeye|ironport|avanan|zscaler|forcepoint|websense|bitdefender|kaspersky|cloudmark|vade ?secure|hornetsecurity|spamassassin|rspamd|safe ?links|url ?defense|ms-?office|facebookexternalhit|whatsapp\//i

const aheadOfTheCustomer = /prefetch|prerender|preview/i

/** True if a request says of itself that no customer makes it; many machines do not say so. */
export const isMachineRequest = ({ userAgent = "", purposes }: LinkRequest): boolean =>
  machineAgents.test(userAgent) || purposes.some((purpose) => aheadOfTheCustomer.test(purpose ?? ""))

/** Clicks kept for the links of one decision; times are milliseconds since the epoch. */
export interface LinkClicks {
  /** Number of requests recognised as a machine's. */
  machine: number
  /** Time when each link was last followed by who might be the customer, the latest `maxLinks`. */
  seen: Readonly<Record<string, number>>
  /** Until when what follows belongs to a burst. */
  burstUntil?: number
}

export const noClicks: LinkClicks = { machine: 0, seen: {} }

/** Nobody opens so many different links of one mail in so short a time. */
const burstLinks = 3
export const burstMs = 10_000
const maxLinks = 20

/** Returns what following a link counts as: the customer's click, a machine's, or the one that shows those just before to have been a machine's too. */
export type ClickVerdict = "customer" | "machine" | "burst"

/** Judges one more request for a link of a decision. */
export function classifyClick(
  before: LinkClicks,
  { link, at, isMachine }: { link: string; at: number; isMachine: boolean },
): { verdict: ClickVerdict; after: LinkClicks } {
  const { machine, seen, burstUntil = 0 } = before
  if (isMachine) return { verdict: "machine", after: { ...before, machine: machine + 1 } }
  if (at <= burstUntil)
    return { verdict: "machine", after: { ...before, machine: machine + 1, burstUntil: at + burstMs } }
  const { [link]: _, ...others } = seen
  const latest = [...Object.entries(others), [link, at] as const].sort((a, b) => a[1] - b[1]).slice(-maxLinks)
  const inShort = latest.filter(([, seenAt]) => seenAt > at - burstMs)
  if (inShort.length < burstLinks)
    return { verdict: "customer", after: { ...before, seen: Object.fromEntries(latest) } }
  return { verdict: "burst", after: { machine: machine + inShort.length, seen: {}, burstUntil: at + burstMs } }
}
