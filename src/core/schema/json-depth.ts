import type { FieldError } from "../problem/problem.ts"

/** Levels of lists and objects that JSON from outside may have, so that whatever walks it later can do so by recursion. */
export const maxJsonDepth = 32

/** True if a JSON value has more levels of lists and objects than that; looks no deeper to find out. */
export function isTooDeep(value: unknown, levels = maxJsonDepth): boolean {
  if (typeof value !== "object" || value === null) return false
  if (levels === 0) return true
  return Object.values(value).some((part) => isTooDeep(part, levels - 1))
}

/** The same as the fault of a body. */
export const depthFaults = (value: unknown, pointer: string): FieldError[] =>
  isTooDeep(value) ? [{ pointer, message: `nests more than ${maxJsonDepth} levels deep` }] : []
