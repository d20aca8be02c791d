/** SQLSTATE: text that is no id or number, a number or a time out of range, characters that cannot be stored. */
const unusableStates = /^22(P02|P05|003|007|008|021)$/

/** True if a database refused a value that it was given: it is no id, no number of that size, or no text it can store. */
export function isUnusableValue(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  return (typeof code === "string" && unusableStates.test(code)) || isUnusableValue(error.cause)
}
