import type { Identifier } from "../../src/core/customer/identifier.ts"
import type { PersonRecord } from "../../src/core/identity/resolve/person-record.ts"
import { below, createRandom, normal, oneOf, type Random, shuffled } from "../random.ts"
import type { MadeName } from "./dirty-names.ts"
import { makePeople, type Person } from "./dirty-people.ts"
import { slip, slipDigit } from "./dirty-slips.ts"
import type { DirtyWorld } from "./dirty-world.ts"
import { logistic } from "./streams.ts"

export interface DirtyRecords {
  records: readonly PersonRecord[]
  /** The person of each record, for tests and benchmarks only. */
  personOf: Int32Array
  /** 1 for each record that carries a hub value. */
  hasHub: Uint8Array
}

/** Fields that each source asks for, the first of them always there, and how careful it is, as log-odds. */
const sources = {
  crm: { fields: ["name", "born", "home", "phone", "email"], care: 0.5, share: 0.35 },
  web: { fields: ["email", "name", "device", "home", "phone"], care: 0, share: 0.3 },
  card: { fields: ["card", "name", "born", "phone", "home"], care: 0.2, share: 0.15 },
  store: { fields: ["phone", "name", "card", "town"], care: -0.3, share: 0.1 },
  social: { fields: ["name", "born", "email", "town"], care: -0.4, share: 0.1 },
} as const
type Source = keyof typeof sources

/** Draws a world's records with their truth; the same arguments give the same records. */
export function makeDirtyRecords(world: DirtyWorld, seed: number): DirtyRecords {
  const people = makePeople(world, seed)
  const hubs: Identifier[] = [
    { type: "email", value: "info@shop.example" },
    { type: "email", value: "till4@shop.example" },
    { type: "phone", value: "02079460000" },
    { type: "phone", value: "02079460123" },
    { type: "loyaltyCard", value: "90000001" },
  ]
  const records: PersonRecord[] = []
  const persons: number[] = []
  const hubMarks: number[] = []
  people.forEach((person, n) => {
    for (let copy = 0; copy < person.records; copy++) {
      const random = createRandom(seed, 45, n, copy)
      const stranger = people[below(random, people.length)]!
      const record = writeRecord(person, { world, copy, stranger, id: String(records.length) }, random)
      const isHub = random() < world.hubShare
      records.push(isHub ? withHub(record, oneOf(random, hubs)) : record)
      persons.push(n)
      hubMarks.push(isHub ? 1 : 0)
    }
  })
  const order = shuffled(records.length, createRandom(seed, 46))
  return {
    records: Array.from(order, (n) => records[n]!),
    personOf: order.map((n) => persons[n]!),
    hasHub: Uint8Array.from(order, (n) => hubMarks[n]!),
  }
}

const withHub = (record: PersonRecord, hub: Identifier): PersonRecord => ({
  ...record,
  identifiers: [...record.identifiers.filter(({ type }) => type !== hub.type), hub],
})

interface Writing {
  world: DirtyWorld
  copy: number
  stranger: Person
  id: string
}

function writeRecord(person: Person, { world, copy, stranger, id }: Writing, random: Random): PersonRecord {
  const source = drawSource(random)
  const { fields, care } = sources[source]
  const quality = world.quality + care + world.qualitySpread * normal(random) - world.decayPerRecord * copy
  /** Draws whether something goes wrong; the harder it is to get right, the lower `ease`. */
  const errs = (ease: number) => random() < logistic(-quality - ease)
  const asks = (field: string) => (fields as readonly string[]).includes(field)
  const says = (field: string) => {
    const isMissing = random() < world.missing * 2 * logistic(-0.5 * (quality - world.quality))
    return field === fields[0] || (asks(field) && !isMissing)
  }
  const traits: Record<string, string> = {}
  const identifiers: Identifier[] = []
  if (says("name")) Object.assign(traits, writeName(person, world, errs, random))
  if (says("born")) traits.dateOfBirth = writeBorn(person.born, world, errs, random)
  if (says("home") || says("town")) Object.assign(traits, writeHome(person, asks("home"), errs, random))
  if (says("phone")) {
    const own = random() < world.recycledPhoneShare ? oneOf(random, stranger.phones) : oneOf(random, person.phones)
    identifiers.push({ type: "phone", value: spelledPhone(errs(1.5) ? slipDigit(own, random) : own, random) })
  }
  if (says("email")) {
    const email = oneOf(random, person.emails)
    identifiers.push({
      type: "email",
      value: errs(1) ? slip(email, random) : errs(2) ? email.replace("@", "+shop@") : email,
    })
  }
  if (says("card"))
    identifiers.push({ type: "loyaltyCard", value: errs(2) ? slipDigit(person.card, random) : person.card })
  if (says("device")) identifiers.push({ type: "anonymousId", value: oneOf(random, person.devices) })
  return { source, id, identifiers, traits }
}

function drawSource(random: Random): Source {
  let rest = random()
  for (const [source, { share }] of Object.entries(sources)) {
    rest -= share
    if (rest < 0) return source as Source
  }
  return "crm"
}

type Errs = (ease: number) => boolean

function writeName(person: Person, world: DirtyWorld, errs: Errs, random: Random): Record<string, string> {
  const form = (name: MadeName, share: number) =>
    name.forms.length > 0 && random() < share ? oneOf(random, name.forms) : name.text
  const family = person.marriedName !== null && random() < 0.5 ? person.marriedName : person.family
  let first = form(person.given, world.nicknameShare)
  let last = form(family, world.nicknameShare / 2)
  if (errs(0.5)) first = slip(first, random)
  if (errs(0.5)) last = slip(last, random)
  if (person.middle !== null && random() < 0.3)
    first = `${first} ${random() < 0.5 ? person.middle.text[0]! : person.middle.text}`
  if (errs(2)) first = first[0]!
  if (person.origin.particle !== "" && random() < 0.5) last = `${person.origin.particle} ${last}`
  if (person.suffix !== "" && random() < 0.3) last = `${last} ${person.suffix}`
  if (errs(3)) first = ""
  if (errs(3)) last = ""
  if (random() < world.swapShare) [first, last] = [last, first]
  return { ...(first !== "" && { firstName: first }), ...(last !== "" && { lastName: last }) }
}

function writeBorn(born: string, world: DirtyWorld, errs: Errs, random: Random): string {
  if (random() < world.defaultDateShare) return "1900-01-01"
  if (!errs(0.5)) return born
  const [year, month, day] = born.split("-") as [string, string, string]
  const kind = below(random, 6)
  if (kind <= 1) return slipDigit(born, random)
  if (kind === 2) return Number(day) <= 12 ? `${year}-${day}-${month}` : slipDigit(born, random)
  if (kind === 3) return `${year}-01-01`
  return `${Number(year) + oneOf(random, [-10, -1, 1, 10])}-${month}-${day}`
}

function writeHome({ homes }: Person, isWhole: boolean, errs: Errs, random: Random): Record<string, string> {
  const home = homes[random() < 0.6 ? 0 : 1]!
  const town = errs(1.5) ? home.neighbourTown : errs(1) ? slip(home.town, random) : home.town
  if (!isWhole) return { city: town }
  const street = errs(0.5) ? slip(home.street, random) : errs(2) ? slipDigit(home.street, random) : home.street
  const postcode = errs(1.5) ? slipDigit(home.postcode, random) : home.postcode
  return {
    ...(!errs(1) && { street }),
    ...(!errs(1.5) && { postcode }),
    city: town,
  }
}

function spelledPhone(phone: string, random: Random): string {
  const kind = below(random, 3)
  if (kind === 0) return phone
  return kind === 1 ? `+44 ${phone.slice(1, 5)} ${phone.slice(5)}` : `${phone.slice(0, 5)}-${phone.slice(5)}`
}
