import type { Identifier } from "./identifier.ts"

/** Placeholders that programs, forms and exports write for nobody; without case, and without quotes and brackets around it. */
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
  "_",
  ".",
  "?",
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
  "notset",
  "not provided",
  "not available",
  "not applicable",
  "no value",
  "anonymous user",
  "guest user",
  "userid",
  "customerid",
  "anonymousid",
  "visitorid",
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
  "nul",
  "nat",
  "#n/d",
  "#nv",
  "#div/0!",
  "#name?",
  "n/d",
  "n.d.",
  "n.v.",
  "k.a.",
  "s/d",
  "n\\a",
  "...",
  "…",
  "*",
  "#",
  "/",
  "%!s(<nil",
  "unidentified",
  "unassigned",
  "nobody",
  "no one",
  "noname",
  "no name",
  "no id",
  "no user",
  "no customer",
  "no data",
  "not found",
  "not logged in",
  "logged out",
  "unknown user",
  "unknown customer",
  "anonymous id",
  "visitor id",
  "device id",
  "keine",
  "keine angabe",
  "nicht angegeben",
  "nicht verfügbar",
  "non disponibile",
  "non disponible",
  "sin datos",
  "convidado",
  "gość",
  "gäst",
  "vieras",
  "гость",
  "ゲスト",
  "访客",
  "游客",
])

/** A variable that nobody filled in: `{{ user.id }}`, `${userId}`, `%USER_ID%`, `<%= id %>`, `*|EMAIL|*`. */
const unfilled = /^(\{\{.*\}\}|\$?\{.*\}|%%?[\w.]+%%?|<%.*%>|\*\|.*\|\*|\[\[.*\]\])$/s
const noWord: ReadonlySet<string> = new Set(["undefined", "null", "none", "nan", "nil", "object", "true", "false", "0"])
const oneDigit = /^(\d)\1*$/
const emptyUuid = /^(0{8}-0{4}-0{4}-0{4}-0{12}|f{8}-f{4}-f{4}-f{4}-f{12}|0{32})$/
const counted = /^0?(12345678?9?0?|9876543210?)$/
const invisible = /[\u00ad\u200b-\u200f\u2060\ufeff]/g
const numberWithCountry = /^\s*(\+|00)/

const placeholderMailboxes =
  /^(no[-_.]?e?[-_.]?mail|none|null|undefined|n[-_.]a|unknown|anonymous|anonym|guest|gast|nobody|noone|no[-_.]?one|not?[-_.]?provided|not[-_.]?available|no[-_.]?reply|do[-_.]?not[-_.]?reply|test+\d*|asdf*|qwerty|aaa+|xxx+|fake|dummy|keine|nessuno)$/
/** Real at a domain of one's own, rubbish at one that was made up with it. */
const ambiguousMailboxes =
  /^(no|na|nan|nil|e?[-_.]?mail|user|customer|name|your[-_.]?(name|e?mail)|example|sample|foo|bar|foobar|abcd?|asd|qwe|xyz|\d+|.)$/
const placeholderDomains =
  /^(no[-_.]?e?mail|none?|null|undefined|na|nan|nil|e?-?mail|unknown|test|example|sample|domain|your-?domain|fake|dummy)\.[^.]+$/
const isAddress = /^[^@\s]+@[^@\s]+\.[^@\s]+$/

/**
 * Returns whether a value stands where nobody was known (an unset variable made text, a form filled with rubbish): it points at everybody and
 * so at no one, whatever its spelling.
 */
export function isPlaceholder({ type, value }: Identifier): boolean {
  const text = value
    .normalize("NFKC")
    .replaceAll(invisible, "")
    .toLowerCase()
    .replaceAll(/^[\s"'`]+|[\s"'`]+$/g, "")
  const word = text.replaceAll(/^[\s([{<]+|[\s)\]}>]+$/g, "")
  if (isNoWord(word) || unfilled.test(text) || emptyUuid.test(word)) return true
  if (type === "email" || isAddress.test(text)) return isPlaceholderAddress(text)
  if (type === "phone") return isPlaceholderNumber(text)
  return /^[-+]?0+(\.0+)?$/.test(word) || (type === "loyaltyCard" && word.length > 3 && oneDigit.test(word))
}

function isNoWord(word: string): boolean {
  const tokens = word.split(/[\s_:|/,;@-]+/).filter((token) => token !== "")
  return (
    tokens.length === 0 ||
    placeholderWords.has(word) ||
    placeholderWords.has(tokens.join(" ")) ||
    /^([?.…*#])\1*$/.test(word) ||
    (tokens.every((token) => noWord.has(token)) && !tokens.every((token) => token === "0"))
  )
}

function isPlaceholderAddress(text: string): boolean {
  if (!isAddress.test(text)) return true
  const [mailbox, domain] = text.split("@") as [string, string]
  const isMadeUpWithIt = placeholderDomains.test(domain) || domain.split(".")[0] === mailbox
  return placeholderMailboxes.test(mailbox) || (ambiguousMailboxes.test(mailbox) && isMadeUpWithIt)
}

/** A country code before them makes digits that somebody only held down no better. */
function isPlaceholderNumber(text: string): boolean {
  const digits = text.replaceAll(/\D/g, "")
  if (digits.length < 3 || oneDigit.test(digits) || counted.test(digits)) return true
  if (!numberWithCountry.test(text)) return false
  const given = digits.replace(/^00/, "")
  return [1, 2, 3]
    .map((length) => given.slice(length))
    .some((own) => own.length > 5 && (oneDigit.test(own) || counted.test(own)))
}
