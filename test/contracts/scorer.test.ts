import { describe, expect, test } from "vitest"
import { pastOf } from "../../models/data/past.ts"
import { fitContents } from "../../models/learn/fit-release.ts"
import { createRandom } from "../../models/random.ts"
import { startingConfiguration } from "../../models/search/configuration.ts"
import { emptyHistory, type History } from "../../src/core/history/history.ts"
import { runScorers } from "../../src/core/preference/score-items.ts"
import { type ScorerName, scorerNames } from "../../src/core/preference/scorers.ts"
import { decodeRelease } from "../../src/core/release/decode-release.ts"
import type { Release, ReleaseContents } from "../../src/core/release/release.ts"
import { decodeArtifact } from "../../src/store/releases/decode-artifact.ts"
import { encodeSafetensors } from "../../src/store/releases/safetensors.ts"
import { bought, day, historyOf, noon, viewed } from "../support/release.ts"

/** The contract of every scorer: a new one is tested once `scorerNames` has it. */

const random = createRandom(7)
const ids = Array.from({ length: 30 }, (_, n) => `item-${String(n).padStart(2, "0")}`)
const some = () => ids.filter(() => random() < 0.12)
const histories = Array.from({ length: 60 }, () =>
  historyOf(viewed(0, ...some()), bought(1, ...some()), viewed(2, ...some()), bought(4, ...some())),
)
const slim = {
  customerExponent: 0.4,
  support: 20,
  supportExponent: 0.1,
  regularization: 4,
  regularizationExponent: 0.5,
}
const neighbors = {
  coOccurrence: {
    edgesPerItem: 20,
    customerExponent: 1,
    sourceExponent: 0.75,
    targetExponent: 0.5,
    distanceExponent: 1,
    backward: 1,
    pairHalfLifeDays: null,
  },
  slim,
  transitions: {
    maxSteps: 5,
    recencyShare: 0.5,
    sourceExponent: 0.5,
    backward: 0.5,
    followedEdges: 20,
    edgesPerItem: 20,
  },
  spectral: { dimensions: 4, edgesPerItem: 10, maxItems: 1000 },
  contentEdgesPerItem: 10,
  halfLifeDays: 60,
  decays: {
    sessionCoOccurrence: 0.8,
    transitions: 0.5,
    directTransitions: 0.5,
    twoStepTransitions: 0.6,
    spectral: 0.6,
    content: 0.7,
  },
}
/** Items of one group have an attribute in common. */
const catalogue = ids.map((id, n) => ({ id, title: id, category: [`group-${n % 5}`] }))

const start = startingConfiguration(1)
const preference = { ...start.preference, dimensions: 6 }
const past = pastOf(histories, noon + 6 * day, catalogue)
const contents = await fitContents(past, { ...start, preference, neighbors }, { threads: 1 })
const releaseOf = (from: ReleaseContents): Release =>
  decodeRelease({ id: "release", createdAt: noon, trainedUntil: noon }, from)
const release = releaseOf(contents)
const everything = new Uint8Array(release.items.ids.length).fill(1)
const nowMs = noon + 6 * day
const depth = 8

/** The scores of all items and the best rows. */
function answerOf(scorer: ScorerName, history: History, from = release, allowed = everything) {
  const { scores, top, highest } = runScorers({ history, vector: null, nowMs }, from, [scorer], allowed, depth)
  return { scores: [...scores[scorer].values], top: [...top[scorer]], highest: highest[scorer] }
}

describe.each(scorerNames)("the scorer %s", (scorer) => {
  test("scores something for some customer, and every score is finite", () => {
    const answers = histories.map((history) => answerOf(scorer, history))
    expect(answers.some(({ highest }) => highest > 0)).toBe(true)
    for (const { scores, highest } of answers) {
      expect(scores.every(Number.isFinite)).toBe(true)
      expect(Number.isFinite(highest)).toBe(true)
    }
  })

  test("gives the same answer again, whatever it was asked in between", () => {
    const first = answerOf(scorer, histories[0]!)
    answerOf(scorer, histories[1]!)
    expect(answerOf(scorer, histories[0]!)).toEqual(first)
  })

  test("lists its best rows from the highest score down, at most as many as asked, and says the highest", () => {
    for (const history of histories.slice(0, 20)) {
      const { scores, top, highest } = answerOf(scorer, history)
      expect(top.length).toBeLessThanOrEqual(depth)
      const shown = top.map((row) => scores[row]!)
      if (scorer !== "popularity") expect(shown).toEqual(shown.toSorted((a, b) => b - a))
      expect(highest).toBe(top.length === 0 ? 0 : Math.max(0, shown[0]!))
    }
  })

  test("puts only allowed rows among its best", () => {
    const allowed = everything.map((_, row) => (row % 3 === 0 ? 1 : 0))
    for (const history of histories.slice(0, 20)) {
      for (const row of answerOf(scorer, history, release, allowed).top) expect(allowed[row]).toBe(1)
    }
    expect(
      answerOf(
        scorer,
        histories[0]!,
        release,
        everything.map(() => 0),
      ).top,
    ).toEqual([])
  })

  test("takes an empty history, and items that the release does not know", () => {
    const strange = historyOf(bought(0, "unheard of"), viewed(1, "__proto__", "constructor"))
    for (const history of [emptyHistory, strange]) {
      const { scores } = answerOf(scorer, history)
      expect(scores.every(Number.isFinite)).toBe(true)
    }
    expect(answerOf(scorer, historyOf(viewed(1, "unheard of"))).scores).toEqual(answerOf(scorer, emptyHistory).scores)
  })

  test("leaves the history as it was", () => {
    const before = structuredClone(histories[2]!)
    answerOf(scorer, histories[2]!)
    expect(histories[2]).toEqual(before)
  })

  test("gives the same answer after its artifact was written and read", () => {
    const stored = Object.entries(contents).map(([model, content]) => [
      model,
      decodeArtifact(encodeSafetensors(content!)),
    ])
    const read = releaseOf(Object.fromEntries(stored) as unknown as ReleaseContents)
    for (const history of histories.slice(0, 10)) {
      expect(answerOf(scorer, history, read)).toEqual(answerOf(scorer, history))
    }
  })
})
