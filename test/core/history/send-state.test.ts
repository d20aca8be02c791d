import fc from "fast-check"
import { expect, test } from "vitest"
import {
  finalStateOf,
  finalStates,
  nextStates,
  type SendState,
  type SendTimes,
  sendStates,
  transition,
} from "../../../src/core/history/send-state.ts"

interface Send {
  state: SendState
  times: SendTimes
}

/** Tries a transition; a refused one changes nothing. */
const moved = (send: Send, to: SendState): Send =>
  transition(send, to) === "apply" ? { state: to, times: { ...send.times, [to]: 1 } } : send

const proposed: Send = { state: "proposed", times: { proposed: 1 } }
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
      expect([...finalStates, "vetoed" as const].filter((end) => times[end] !== undefined).length).toBeLessThanOrEqual(
        1,
      )
    }),
  )
})

test("trying every transition twice comes to the same as trying it once", () => {
  fc.assert(
    fc.property(walks, (walk) => {
      const twice = walk.flatMap((to) => [to, to])
      expect(twice.reduce(moved, proposed)).toEqual(walk.reduce(moved, proposed))
    }),
  )
})

test("a retry of something long past is a repeat and no error", () => {
  const returned: Send = { state: "returned", times: { dispatched: 1, delivered: 2, returned: 3 } }
  expect(transition(returned, "delivered")).toBe("repeat")
  expect(transition(returned, "returned")).toBe("repeat")
})

test("an impossible transition says what is possible", () => {
  const refused = (text: string) => ({ refused: expect.stringContaining(text) })
  expect(transition(proposed, "dispatched")).toEqual(refused("it can become approved, vetoed"))
  expect(transition({ state: "kept", times: { kept: 1 } }, "returned")).toEqual(refused("that state is final"))
  expect(transition({ state: "delivered", times: {} }, "vetoed")).toEqual(refused("can no longer be vetoed"))
})

test("a veto is possible in every state before the dispatch and in none after", () => {
  const before = sendStates.filter((state) => nextStates[state].includes("vetoed"))
  expect(before).toEqual(["proposed", "approved", "reserved"])
})

test("a gift is never kept for money", () => {
  expect(finalStateOf("kept", true)).toBe("gifted")
  expect(finalStateOf("kept", false)).toBe("kept")
  expect(finalStateOf("returned", true)).toBe("returned")
})
