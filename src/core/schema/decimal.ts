import { decimalMarkIn, readNumber } from "./written-number.ts"

/** A number that comes alone, by what its own marks say; one that could be read two ways has a decimal point. `NaN` if it is none. */
export const parseDecimal = (value: unknown): number =>
  readNumber(value, decimalMarkIn(value) === "comma" ? "comma" : "point")
