import { expect, test } from "vitest"
import {
  outcomesOf,
  recoverSeconds,
  silentSeconds,
  unansweredShare,
  worst,
} from "../../../load-tests/run/sick/judge.ts"
import { parseOptions } from "../../../load-tests/run/sick/options.ts"
import { jsonLine } from "../../../load-tests/run/sick/report.ts"
import { figuresByFault } from "../../../load-tests/run/sick/run-fault.ts"
import type { Answer } from "../../../load-tests/run/sick/start-load.ts"

const period = { from: 10_000, to: 20_000 }
const answer = (sentAt: number, given: Partial<Answer> = {}): Answer => ({
  verb: "recommend",
  sentAt,
  ms: 5,
  status: 200,
  isNormal: given.status === undefined,
  attempt: 1,
  ...given,
})

test("of the questions asked during a fault after its first second, the share without a 2xx counts", () => {
  const answers = [
    answer(9_999, { status: 503 }),
    answer(10_500, { status: 503 }),
    answer(11_000, { status: 503 }),
    answer(12_000),
    answer(13_000, { verb: "rank", status: 0 }),
    answer(14_000, { isNormal: false }),
    answer(15_000, { verb: "track", status: 503 }),
    answer(20_000, { status: 503 }),
  ]
  expect(unansweredShare(answers, period)).toBe(2 / 4)
})

test("a service has recovered when two seconds follow in which every answer is normal", () => {
  const everyHalfSecond = Array.from({ length: 20 }, (_, n) => answer(20_000 + 500 * n))
  const bad = (sentAt: number) => answer(sentAt, { isNormal: false })
  expect(recoverSeconds(everyHalfSecond, period, 30_000)).toBe(0)
  expect(recoverSeconds([...everyHalfSecond, bad(20_700), bad(22_400)], period, 30_000)).toBeCloseTo(2.401)
  expect(recoverSeconds([...everyHalfSecond, bad(20_700), bad(22_800)], period, 30_000)).toBeCloseTo(0.701)
  expect(recoverSeconds(everyHalfSecond, period, 21_900)).toBeNull()
  expect(recoverSeconds([...everyHalfSecond, bad(28_001)], period, 30_000)).toBe(0)
})

test("a fault is silent until the last of health, log and metric told of it", () => {
  expect(silentSeconds({ health: 11_000, log: 10_200, metric: 12_500 }, period)).toBe(2.5)
  expect(silentSeconds({ health: 11_000, log: null, metric: 12_500 }, period)).toBeNull()
})

test("outcomes are counted by verb and by what was answered", () => {
  const answers = [
    answer(11_000),
    answer(12_000, { isNormal: false }),
    answer(13_000, { status: 503 }),
    answer(14_000, { verb: "track", status: 0 }),
    answer(20_000),
  ]
  expect(outcomesOf(answers, period)).toEqual({ recommend: { normal: 1, degraded: 1, 503: 1 }, track: { none: 1 } })
})

test("never is worse than any number", () => {
  expect(worst([1, 3, 2])).toBe(3)
  expect(worst([1, null])).toBeNull()
})

test("a fault's figures are the worst of its rounds; what was acknowledged in its time and is gone counts as lost by it", () => {
  const run = (round: number, recover: number, silent: number) => ({
    name: "absent",
    beganAt: round * 100 - 10,
    period: { from: round * 100, to: round * 100 + 50 },
    until: round * 100 + 80,
    figures: { questions5xx: recover / 10, recoverSeconds: recover, silentSeconds: silent },
  })
  const figures = figuresByFault([run(1, 2, 5), run(2, 3, 4)], [90, 130, 179, 180, 250])
  expect(figures).toEqual({ absent: { questions5xx: 0.3, recoverSeconds: 3, silentSeconds: 5, lost: 4 } })
  const nothing = { drainLost: null, scrapeComplete: null, alertsRight: null, rollover: null }
  const all = { questions5xx: 1 / 3, lost: 4, doubled: 0, recoverSeconds: 3, silentSeconds: 5, ...nothing }
  expect(JSON.parse(jsonLine({ ...all, faults: figures }))).toEqual({
    bench: "sick",
    ...all,
    questions5xx: 0.333,
    faults: figures,
  })
})

test("options are the usual ones unless given, and a part that does not exist is refused", () => {
  expect(parseOptions([])).toMatchObject({ rounds: 3, seconds: 20, rate: 80 })
  expect(parseOptions(["--only", "absent,drain", "--rounds", "1"])).toMatchObject({
    rounds: 1,
    only: ["absent", "drain"],
  })
  expect(() => parseOptions(["--only", "earthquake"])).toThrow("--only knows no earthquake")
  expect(() => parseOptions(["--seconds", "x"])).toThrow("--seconds")
  expect(parseOptions(["--help"])).toBe("help")
})
