import { type ZoneClock, zoneClock } from "./zone-clock.ts"

/** Hours ahead of UTC. What could be several zones (`IST`) is left out. */
const hoursByAbbreviation: Readonly<Record<string, number>> = {
  Z: 0,
  UTC: 0,
  UT: 0,
  GMT: 0,
  WET: 0,
  WEST: 1,
  BST: 1,
  CET: 1,
  MEZ: 1,
  CEST: 2,
  MESZ: 2,
  EET: 2,
  EEST: 3,
  MSK: 3,
  SAST: 2,
  PKT: 5,
  ICT: 7,
  SGT: 8,
  HKT: 8,
  AWST: 8,
  JST: 9,
  KST: 9,
  ACST: 9.5,
  ACDT: 10.5,
  AEST: 10,
  AEDT: 11,
  NZST: 12,
  NZDT: 13,
  BRT: -3,
  ART: -3,
  NST: -3.5,
  NDT: -2.5,
  AST: -4,
  ADT: -3,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  AKST: -9,
  AKDT: -8,
  HST: -10,
}
const offsetPattern = /^(?:UTC|GMT|Z)?\s*([+\-\u2212])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?$/i
const farthestMs = 18 * 3_600_000

/** The clock that a zone written behind a time names: `Z`, `+02`, `+0530`, `GMT+1`, `EST`, `America/New_York`; `undefined` for none. */
export function writtenZone(zone: string): ZoneClock | undefined {
  const offset = offsetPattern.exec(zone)
  if (offset) {
    const [, sign, hours, minutes = "0", seconds = "0"] = offset
    const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
    return size > farthestMs || Number(minutes) > 59 ? undefined : fixedClock(sign === "+" ? size : -size)
  }
  const name = zone.toUpperCase()
  if (Object.hasOwn(hoursByAbbreviation, name)) return fixedClock(hoursByAbbreviation[name]! * 3_600_000)
  if (!/^[A-Za-z]+(?:\/[A-Za-z_+\-0-9]+){1,2}$/.test(zone) || zone.length > 60) return undefined
  try {
    return zoneClock(zone)
  } catch {
    return undefined
  }
}

const fixedClock =
  (offset: number): ZoneClock =>
  (wallClock) =>
    wallClock - offset
