import { below, createRandom, gamma, oneOf, type Random } from "../random.ts"
import { drawFamily, drawGiven, type MadeName, makeOrigins, type Origin } from "./dirty-names.ts"
import { type Country, drawHome, type Home, makeCountry } from "./dirty-places.ts"
import type { DirtyWorld } from "./dirty-world.ts"

/** A person as they are, before any source writes them down. */
export interface Person {
  given: MadeName
  middle: MadeName | null
  family: MadeName
  marriedName: MadeName | null
  suffix: string
  origin: Origin
  born: string
  /** The home of today, and an earlier one or the same. */
  homes: readonly [Home, Home]
  phones: readonly string[]
  emails: readonly string[]
  card: string
  devices: readonly string[]
  records: number
}

const domainNames = 12

/** Draws households of people until their records are as many as the world's. */
export function makePeople(world: DirtyWorld, seed: number): Person[] {
  const origins = makeOrigins(world.origins, world.nameSkew, seed)
  const syllables = origins.flatMap(({ family }) =>
    family.slice(0, 40).map(({ text }) => text.slice(0, 3).toLowerCase()),
  )
  const country = makeCountry(syllables, seed)
  const domains = Array.from({ length: domainNames }, (_, n) => `${syllables[n * 3]}${syllables[n * 3 + 1]}.example`)
  const people: Person[] = []
  let records = 0
  for (let household = 0; records < world.records; household++) {
    const random = createRandom(seed, 44, household)
    for (const person of makeHousehold({ world, origins, country, domains, household }, random)) {
      const kept = { ...person, records: Math.min(person.records, world.records - records) }
      if (kept.records === 0) break
      records += kept.records
      people.push(kept)
    }
  }
  return people
}

interface Setting {
  world: DirtyWorld
  origins: readonly Origin[]
  country: Country
  domains: readonly string[]
  household: number
}

function makeHousehold({ world, origins, country, domains, household }: Setting, random: Random): Person[] {
  const size = random() < world.sharedHomeShare ? 2 + below(random, 4) : 1
  const origin = origins[Math.floor(random() ** 1.5 * origins.length)]!
  const family = drawFamily(origin, random)
  const homes: [Home, Home] = [drawHome(country, random), drawHome(country, random)]
  const telephone = phoneOf(random)
  const sharedEmail = `${plain(family.text)}.${household}@${oneOf(random, domains)}`
  const people: Person[] = []
  for (let member = 0; member < size; member++) {
    const parent = people[0]
    const isTwin = member >= 2 && random() < world.twinShare
    const isJunior = member > 0 && parent !== undefined && random() < world.juniorShare
    const ownFamily = member === 1 && random() < 0.3 ? drawFamily(origin, random) : family
    const given = isJunior ? parent.given : drawGiven(origin, random)
    const hasMoved = random() < world.movedShare
    const number = below(random, 100)
    const own = `${random() < 0.5 ? plain(given.text) : plain(given.text).slice(0, 1)}${oneOf(random, [".", "", "_"])}${plain(ownFamily.text)}${random() < 0.6 ? number : ""}@${oneOf(random, domains)}`
    const work = `${plain(given.text)}.${plain(ownFamily.text)}@${plain(oneOf(random, origin.family.slice(0, 300)).text)}-${below(random, 50)}.example`
    const mobile = phoneOf(random)
    people.push({
      given,
      middle: random() < 0.3 ? drawGiven(origin, random) : null,
      family: ownFamily,
      marriedName: random() < world.marriageShare ? drawFamily(origin, random) : null,
      suffix: isJunior ? "Jr" : "",
      origin,
      born: isTwin ? people.at(-1)!.born : bornOf(random, member >= 2 || isJunior),
      homes: hasMoved ? homes : [homes[0], homes[0]],
      phones:
        random() < world.sharedPhoneShare ? [telephone, mobile] : random() < 0.7 ? [mobile] : [mobile, phoneOf(random)],
      emails: random() < world.sharedEmailShare ? [sharedEmail] : random() < 0.6 ? [own] : [own, work],
      card: String(1_000_000_000 + below(random, 9_000_000_000)),
      devices: Array.from({ length: 1 + below(random, 3) }, (_, n) =>
        n === 0 && random() < world.sharedPhoneShare ? `tablet-${household}` : `browser-${household}-${member}-${n}`,
      ),
      records: recordsOf(world, random),
    })
  }
  return people
}

const plain = (name: string) =>
  name
    .normalize("NFKD")
    .replace(/[^a-z]/gi, "")
    .toLowerCase()

const phoneOf = (random: Random) => `07${String(below(random, 1_000_000_000)).padStart(9, "0")}`

const two = (value: number) => String(value).padStart(2, "0")

function bornOf(random: Random, isChild: boolean): string {
  const year = isChild ? 1990 + below(random, 20) : 1935 + below(random, 60)
  return `${year}-${two(1 + below(random, 12))}-${two(1 + below(random, 28))}`
}

/** 1 + a Poisson number whose rate is gamma distributed: a negative binomial. */
function recordsOf({ meanRecords, recordsShape }: DirtyWorld, random: Random): number {
  const rate = (meanRecords - 1) * gamma(random, recordsShape)
  let [count, left] = [0, rate]
  while (count < 60) {
    left += Math.log(1 - random())
    if (left < 0) break
    count++
  }
  return 1 + count
}
