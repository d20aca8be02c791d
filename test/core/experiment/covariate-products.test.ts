import { expect, test } from "vitest"
import { withProducts } from "../../../src/core/experiment/covariate-products.ts"

test("two covariates become themselves, their squares, their product and their cubes", () =>
  expect(withProducts([2, 5])).toEqual([2, 5, 4, 10, 25, 8, 125]))
