import { performance } from "node:perf_hooks"
import { type Room, rooms } from "./rooms.ts"

export interface AdmissionLimits {
  /** Questions being answered at once, beside half as many writes and a quarter as many other requests. */
  maxInFlight: number
  /** Maximum delay of the event loop while more than a few are under way, in milliseconds. */
  maxLoopDelayMs: number
  /** Maximum typical duration of an answer while more than a few are under way, in milliseconds. */
  maxTypicalMs: number
}

interface AdmissionSurroundings {
  /** Milliseconds on a clock that only goes forward. */
  now?: () => number
  /** True while answers are slow because of the database, which taking fewer of them would not mend. */
  isDatabaseSick?: () => boolean
}

/** Whoever has a server's key, and everybody else: each has places that the other cannot take. */
export type Party = "server" | "public"

export interface Admission {
  /** True if one more request is taken; if not, its caller is to come back. */
  isOpen(room: Room, party: Party): boolean
  /** Counts a request whose body has arrived; call what it returns when that one is answered. */
  enter(room: Room, party: Party): () => void
  stop(): void
}

const sampleMs = 50
/** So many of a party are always taken, however slow answers are or late the loop, so that it shows when they are quick again. */
const fewInFlight = 8
/** Share of all places that public keys may take. */
const publicShare = 3 / 4
/** The share of each new answer in what is typical. */
const newShare = 1 / 32

/** Places of a room as a share of the largest one's. */
const shareOf = { question: 1, write: 1 / 2, operator: 1 / 4 } satisfies Record<Room, number>

interface Places {
  max: number
  maxPublic: number
  inFlight: Record<Party, number>
  typicalMs: number
}

/**
 * Creates an admission that closes a room while too many of its requests are under way, or more than a few and its answers take too long
 * or the event loop is late, so that those who are answered are answered in time. `now` is in milliseconds.
 */
export function createAdmission(
  { maxInFlight, maxLoopDelayMs, maxTypicalMs }: AdmissionLimits,
  { now = () => performance.now(), isDatabaseSick = () => false }: AdmissionSurroundings = {},
): Admission {
  const placesOf = Object.fromEntries(
    rooms.map((room): [Room, Places] => {
      const max = Math.ceil(shareOf[room] * maxInFlight)
      const maxPublic = Math.max(1, Math.floor(publicShare * max))
      return [room, { max, maxPublic, inFlight: { server: 0, public: 0 }, typicalMs: 0 }]
    }),
  ) as Record<Room, Places>
  let expectedAt = now() + sampleMs
  const timer = setInterval(() => {
    expectedAt = now() + sampleMs
  }, sampleMs).unref()
  const isQuick = ({ typicalMs }: Places) => typicalMs < maxTypicalMs || isDatabaseSick()
  const isInTime = (places: Places) => isQuick(places) && now() - expectedAt < maxLoopDelayMs
  const hasPlace = ({ max, maxPublic, inFlight }: Places, party: Party) =>
    inFlight.server + inFlight.public < max && (party === "server" || inFlight.public < maxPublic)
  return {
    isOpen(room, party) {
      const places = placesOf[room]
      return hasPlace(places, party) && (places.inFlight[party] < fewInFlight || isInTime(places))
    },
    enter(room, party) {
      const places = placesOf[room]
      places.inFlight[party] += 1
      const enteredAt = now()
      let left = false
      return () => {
        if (left) return
        left = true
        places.inFlight[party] -= 1
        if (!isDatabaseSick()) places.typicalMs += newShare * (now() - enteredAt - places.typicalMs)
      }
    },
    stop: () => clearInterval(timer),
  }
}
