import type { core } from "zod"
import type { FieldError } from "./problem.ts"

/** One step of an RFC 6901 JSON pointer. */
export const pointerStep = (part: PropertyKey): string => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`

/** Zod's faults as field errors, each located by the path of its value. */
export const fieldErrorsAt = (
  issues: readonly core.$ZodIssue[],
  locate: (path: readonly PropertyKey[]) => string,
): FieldError[] =>
  issues.flatMap((issue): FieldError[] =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ pointer: locate([...issue.path, key]), message: "unknown field" }))
      : [{ pointer: locate(issue.path), message: issue.message }],
  )

/** The same as JSON pointers below `at`. */
export const pointedErrors = (issues: readonly core.$ZodIssue[], at: string): FieldError[] =>
  fieldErrorsAt(issues, (path) => at + path.map(pointerStep).join(""))
