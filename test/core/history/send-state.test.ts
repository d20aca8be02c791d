import fc from "fast-check"
import { expect, test } from "vitest"
import {
  endingOf,
  endings,
  followers,
  moveOf,
  type SendState,
  type SendTimes,
  sendStates,
} from "../../../src/core/history/send-state.ts"

interface Moving {
  state: SendState
  times: SendTimes
}

/** Tries a move; what cannot follow changes nothing. */
function moved(send: Moving, to: SendState): Moving {
  try {
    return moveOf(send, to) === "move" ? { state: to, times: { ...send.times, [to]: 1 } } : send
  } catch {
    return send
  }
}

const proposed: Moving = { state: "proposed", times: { proposed: 1 } }
const walks = fc.array(fc.constantFrom(...sendStates), { maxLength: 40 })

test("whatever is tried in whatever order, a vetoed send was never dispatched and a dispatched one never vetoed", () => {
  fc.assert(
    fc.property(walks, (walk) => {
      const { times } = walk.reduce(moved, proposed)
      expect(times.vetoed !== undefined && times.dispatched !== undefined).toBe(false)
    }),
  )
})

test("whatever is tried, a send ends once", () => {
  fc.assert(
    fc.property(walks, (walk) => {
      const { times } = walk.reduce(moved, proposed)
      expect([...endings, "vetoed" as const].filter((end) => times[end] !== undefined).length).toBeLessThanOrEqual(1)
    }),
  )
})

test("trying every move twice comes to the same as trying it once", () => {
  fc.assert(
    fc.property(walks, (walk) => {
      const twice = walk.flatMap((to) => [to, to])
      expect(twice.reduce(moved, proposed)).toEqual(walk.reduce(moved, proposed))
    }),
  )
})

test("a retry of something long past is a repeat and no error", () => {
  const returned: Moving = { state: "returned", times: { dispatched: 1, delivered: 2, returned: 3 } }
  expect(moveOf(returned, "delivered")).toBe("repeat")
  expect(moveOf(returned, "returned")).toBe("repeat")
})

test("an impossible move says what is possible", () => {
  expect(() => moveOf(proposed, "dispatched")).toThrow(/next it can be approved, vetoed/)
  expect(() => moveOf({ state: "kept", times: { kept: 1 } }, "returned")).toThrow(/that is how it ended/)
  expect(() => moveOf({ state: "delivered", times: {} }, "vetoed")).toThrow(/too late/)
})

test("a veto is possible in every state before the dispatch and in none after", () => {
  const before = sendStates.filter((state) => followers[state].includes("vetoed"))
  expect(before).toEqual(["proposed", "approved", "reserved"])
})

test("a gift is never kept for money", () => {
  expect(endingOf("kept", true)).toBe("gifted")
  expect(endingOf("kept", false)).toBe("kept")
  expect(endingOf("returned", true)).toBe("returned")
})
