import type { core } from "zod"
import { renamedField } from "./former-names.ts"
import type { FieldError } from "./problem.ts"

/** One step of an RFC 6901 JSON pointer. */
export const pointerStep = (part: PropertyKey): string => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`

/** Returns Zod's faults as field errors, each located by the path of its value. */
export const fieldErrorsAt = (
  issues: readonly core.$ZodIssue[],
  locate: (path: readonly PropertyKey[]) => string,
): FieldError[] =>
  issues.flatMap((issue): FieldError[] => {
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({
        pointer: locate([...issue.path, key]),
        message: unknownField(issue.path, key),
      }))
    const renamed = issue.code === "invalid_union" ? renamedWithin(issue, locate) : []
    return renamed.length > 0 ? renamed : [{ pointer: locate(issue.path), message: issue.message }]
  })

function unknownField(path: readonly PropertyKey[], name: string): string {
  const renamed = renamedField(path, name)
  return renamed === undefined ? "unknown field" : `unknown field: ${renamed}`
}

/** Returns the renamed fields for which a value fits none of a union's schemas. */
function renamedWithin(
  { path, errors }: core.$ZodIssueInvalidUnion,
  locate: (path: readonly PropertyKey[]) => string,
): FieldError[] {
  const unknown = errors.flat().flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : []))
  return [...new Set(unknown)].flatMap((key) =>
    renamedField(path, key) === undefined
      ? []
      : [{ pointer: locate([...path, key]), message: unknownField(path, key) }],
  )
}

/** The same as JSON pointers below `at`. */
export const pointedErrors = (issues: readonly core.$ZodIssue[], at: string): FieldError[] =>
  fieldErrorsAt(issues, (path) => at + path.map(pointerStep).join(""))
