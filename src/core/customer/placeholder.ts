import type { Identifier } from "./identifier.ts"

/** What programs, forms and exports write where they know nobody; without case, and without blanks, quotes and brackets around it. */
const placeholderWords: ReadonlySet<string> = new Set([
  "undefined",
  "null",
  "nil",
  "none",
  "nan",
  "na",
  "n/a",
  "n.a.",
  "#n/a",
  "#na",
  "#null!",
  "#ref!",
  "#value!",
  "\\n",
  "inf",
  "infinity",
  "-",
  "--",
  "---",
  "_",
  ".",
  "?",
  "??",
  "-1",
  "unknown",
  "anonymous",
  "anon",
  "guest",
  "missing",
  "empty",
  "blank",
  "default",
  "void",
  "false",
  "true",
  "todo",
  "tbd",
  "xxx",
  "not set",
  "not_set",
  "notset",
  "not provided",
  "not available",
  "not applicable",
  "no value",
  "object object",
  "anonymous user",
  "guest user",
  "userid",
  "user_id",
  "customerid",
  "customer_id",
  "anonymousid",
  "anonymous_id",
  "visitorid",
  "visitor_id",
  "user id",
  "customer id",
  "unbekannt",
  "gast",
  "anonym",
  "sconosciuto",
  "ospite",
  "anonimo",
  "nessuno",
  "inconnu",
  "invite",
  "invité",
  "anonyme",
  "desconocido",
  "invitado",
  "anónimo",
])

/** A variable that nobody filled in: `{{ user.id }}`, `${userId}`, `%USER_ID%`, `<%= id %>`, `*|EMAIL|*`. */
const unfilled = /^(\{\{.*\}\}|\$?\{.*\}|%%?[\w.]+%%?|<%.*%>|\*\|.*\|\*|\[\[.*\]\])$/s
const oneDigit = /^(\d)\1*$/
const emptyUuid = /^(0{8}-0{4}-0{4}-0{4}-0{12}|f{8}-f{4}-f{4}-f{4}-f{12}|0{32})$/
const countedDigits = /^0?12345678?9?0?$/

const rubbishMailboxes =
  /^(no[-_.]?e?[-_.]?mail|no[-_.]?mail|none|null|undefined|na|n[-_.]a|nan|nil|unknown|anonymous|guest|nobody|noone|no[-_.]?one|no|not?[-_.]?provided|no[-_.]?reply|do[-_.]?not[-_.]?reply|test+\d*|asdf*|qwerty|aaa+|xxx+|e?mail|example|sample|fake|dummy|user|customer|keine|nessuno)$/
const isAddress = /^[^@\s]+@[^@\s]+\.[^@\s]+$/

/**
 * Whether a value stands where nobody was known (an unset variable made text, a form filled with rubbish): it points at everybody and
 * so at no one, whatever its spelling.
 */
export function isPlaceholder({ type, value }: Identifier): boolean {
  const text = value
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/^[\s"'`]+|[\s"'`]+$/g, "")
  const word = text.replaceAll(/^[\s([{<]+|[\s)\]}>]+$/g, "").replaceAll(/\s+/g, " ")
  if (word === "" || placeholderWords.has(word) || unfilled.test(text) || emptyUuid.test(word)) return true
  if (type === "email") {
    const [mailbox] = text.split("@")
    return !isAddress.test(text) || rubbishMailboxes.test(mailbox!)
  }
  if (type === "phone") {
    const digits = text.replaceAll(/\D/g, "")
    return digits.length < 3 || oneDigit.test(digits) || countedDigits.test(digits)
  }
  return /^[-+]?0+(\.0+)?$/.test(word) || (type === "loyaltyCard" && word.length > 3 && oneDigit.test(word))
}
