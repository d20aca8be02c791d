import { expect, test } from "vitest"
import { startingBlend } from "../../models/blend/starting-blend.ts"
import { pastOf } from "../../models/data/past.ts"
import { type EvaluationQuery, isWorthThread, type Window } from "../../models/data/window.ts"
import { learn } from "../../models/learn/learn.ts"
import { createRandom } from "../../models/random.ts"
import { startingConfiguration } from "../../models/search/configuration.ts"
import { decodeRelease } from "../../src/core/release/decode-release.ts"
import { bought, day, historyOf, noon } from "../support/release.ts"

/** Customers of two kinds who buy an item of their kind a day; what they buy on the day after the past is asked. */
function windowUntil(days: number): Window {
  const random = createRandom(3)
  const drawn = (kind: number) => `${kind === 0 ? "tea" : "screw"}-${Math.floor(12 * random())}`
  const customers = Array.from({ length: 1100 }, (_, customer) => Array.from({ length: 5 }, () => drawn(customer % 2)))
  const histories = customers.map((items) => historyOf(...items.slice(0, days).map((id, n) => bought(n, id))))
  const queries = customers.map(
    (items, n): EvaluationQuery => ({
      history: histories[n]!,
      repeats: n % 4 < 2 ? "allowed" : "excluded",
      relevant: new Set([items[days]!]),
    }),
  )
  return { past: pastOf(histories, noon + days * day), queries }
}

const [earlier, later] = [windowUntil(3), windowUntil(4)]
const trainingWindows = { windows: { earlier, later }, past: windowUntil(4).past }
const tensorsOf = ({ contents }: Awaited<ReturnType<typeof learn>>) =>
  Object.values(contents).map((artifact) => Object.values(artifact?.tensors ?? {}).map(({ data }) => [...data]))

test("one thread and two learn the same", async () => {
  expect([earlier, later].every(isWorthThread)).toBe(true)
  const [one, two] = [
    await learn(trainingWindows, { threads: 1, searchTrials: 2 }),
    await learn(trainingWindows, { threads: 2, searchTrials: 2 }),
  ]
  expect(two.steps).toEqual(one.steps)
  expect(tensorsOf(two)).toEqual(tensorsOf(one))
}, 180_000)

test("without time the start of every search stands, the parts add up by fixed weights, and what is popular is learnt all the same", async () => {
  const { steps, blend, configuration, contents } = await learn(trainingWindows, { threads: 1, budgetSeconds: 0 })
  expect(steps.map(({ trials }) => trials.length)).toEqual(steps.map(() => 0))
  expect(configuration).toEqual(startingConfiguration(1))
  expect(blend).toEqual(startingBlend)
  expect(contents.preference.metadata.omittedBecause).toContain("no time was left")
  const release = decodeRelease({ id: "late", createdAt: noon, trainedUntil: noon }, contents)
  expect(release.popularity.overall.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1)
}, 180_000)
