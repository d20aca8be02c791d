import { expect, test } from "vitest"
import {
  continueRateSearch,
  describeUnfound,
  type RateSearch,
  startRateSearch,
} from "../../../load-tests/run/answers/search-rate.ts"

const options = { firstRate: 200, leastRate: 20, mostRate: 5000, precision: 1.06, maxProbes: 30 }

function searchFor(limit: number, given = options): RateSearch & { tried: number[] } {
  let search = startRateSearch(given)
  const tried: number[] = []
  while (search.next !== null) {
    tried.push(search.next)
    search = continueRateSearch(search, search.next <= limit, given)
  }
  return { ...search, tried }
}

test.each([23, 90, 199, 200, 201, 836, 4000])("a limit of %d/s is found within 6 %, from above or below", (limit) => {
  const { held, broke } = searchFor(limit)
  expect(held).toBeLessThanOrEqual(limit)
  expect(broke).toBeGreaterThan(limit)
  expect(broke! / held!).toBeLessThanOrEqual(options.precision)
  expect(describeUnfound(searchFor(limit), options)).toBeNull()
})

test("a limit above the most that is tried is a finding with the most as what held", () => {
  const search = searchFor(9000)
  expect(search).toMatchObject({ held: options.mostRate, broke: null })
  expect(describeUnfound(search, options)).toBe("every rate held, up to 5000/s")
})

test("a limit below the least that is tried is a finding without a rate", () => {
  const search = searchFor(10)
  expect(search).toMatchObject({ held: null, broke: options.leastRate })
  expect(describeUnfound(search, options)).toBe("no rate held, down to 20/s")
})

test("a search ends after so many rates and says between which the limit lies", () => {
  const given = { ...options, maxProbes: 3 }
  const search = searchFor(290, given)
  expect(search.tried).toEqual([200, 200 * 1.5, Math.round(Math.sqrt(200 * 300))])
  expect(search).toMatchObject({ held: 245, broke: 300, probes: 3 })
  expect(describeUnfound(search, given)).toBe("the limit lies between 245 and 300/s")
})

test("a search that was ended before its first rate says so", () => {
  expect(describeUnfound(startRateSearch(options), options)).toBe("no rate was tried")
})
