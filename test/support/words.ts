import type { SourceModule } from "./architecture.ts"

/** Private words that names in code must not use, with the field's term for each. */
const forbiddenWords: Readonly<Record<string, string>> = {
  rung: "autonomyLevel",
  ladder: "allowedLevels",
  withheld: "holdout",
  withhold: "holdout",
  lesson: "training snapshot",
  teach: "fit",
  teaching: "fit",
  taught: "fitted",
  rehearse: "validate only",
  handOver: "promotion gate",
  arrow: "edge",
  arrows: "edges",
  liking: "popularity scale",
  kindred: "attribute popularity",
  lateness: "mean session position",
  rhythm: "repurchase statistics",
  rhythms: "repurchase statistics",
  happening: "trigger event",
  contest: "action distribution",
  heir: "fallback option",
  heard: "reportedByShop",
  askStore: "withTimeLimits",
  breathe: "yield",
  breather: "yielder",
  finishSlowly: "runCooperatively",
  makeAhead: "createUpcomingPartitions",
  faultOf: "validationError",
  hidePart: "ablateScorer",
  booking: "reservation request",
  openMatter: "openCase",
  onceInHours: "cooldownHours",
  freshHours: "maxAgeHours",
  basketLeft: "cartAbandonedAfter",
  needAtLeast: "minRepurchaseProbability",
  complaintOpen: "caseOpenFor",
  isGiven: "unconditional",
  contentIs: "contentType",
  releaseLoses: "belowBaseline",
  believed: "trusted",
  beliefs: "prior weights",
  rubbish: "placeholder",
  dearest: "highest price",
  dearness: "relative price",
  barren: "without gain",
  knowledge: "inputs",
  standings: "item statistics",
  standingCustomers: "resolveCustomerIds",
  forget: "delete",
  forgotten: "deleted",
  judgeContact: "checkContact",
  judgeClick: "classifyClick",
  takeWorth: "takeTokens",
  unspoken: "neverStated",
  findingsOf: "summary",
  readingsOf: "monitoring",
}

/** Private words that errors, logs and headings must not use, with the field's term for each. */
const forbiddenInSentences: Readonly<Record<string, string>> = {
  rung: "autonomy level",
  ladder: "autonomy levels",
  withheld: "in the holdout",
  lesson: "training snapshot",
  lessons: "training snapshots",
  "hand-over": "promotion",
  kindred: "attribute popularity",
  heir: "fallback",
  rhythm: "repurchase statistics",
  rubbish: "placeholder",
  "not ours": "invalid",
  "folded anew": "refolded",
  "past their lifetime": "expired",
  "asks too often": "exceeds its rate limit",
  "takes its place": "replaces it",
}

/** Paths in which former names are read, so that they must stand there. */
const readsFormerNames = /former-names|read-trace|old-|^test\/|^drizzle\//

const comments = /\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(),])\/\/[^\n]*/g
const sentences = /"[^"\n]* [^"\n]*"|`[^`]*`/g
const wordsOf = (name: string) => name.split(/(?=[A-Z])|[_-]/).map((part) => part.toLowerCase())

const forbidden = Object.keys(forbiddenWords).map((word) => ({ word, parts: wordsOf(word) }))

/** Returns every name (identifier, key, flag, metric) in code that uses a forbidden word, with what to say instead. */
export function privateWords(modules: readonly SourceModule[]): string[] {
  return modules.flatMap(({ path, source }) => {
    if (readsFormerNames.test(path)) return []
    const code = source.replace(comments, "").replace(sentences, '""')
    const names = new Set(code.match(/[A-Za-z][A-Za-z0-9_]*(?:-[a-z0-9]+)*/g) ?? [])
    return [...names].flatMap((name) => {
      const parts = wordsOf(name)
      const found = forbidden.filter(({ parts: wanted }) =>
        parts.some((_, at) => wanted.every((part, n) => parts[at + n] === part)),
      )
      return found.map(({ word }) => `${path}: ${name}: say ${forbiddenWords[word]}`)
    })
  })
}

const text = /"([^"\n]*)"|`([^`]*)`/g
const heading = /^#+ (.+)$/gm

/** Returns every sentence in code (errors, logs, descriptions) that uses a private word, with what to say instead. */
export const privateSentences = (modules: readonly SourceModule[]): string[] =>
  modules.flatMap(({ path, source }) =>
    readsFormerNames.test(path)
      ? []
      : privateTexts(
          path,
          [...source.replace(comments, "").matchAll(text)].filter(([whole]) => whole.includes(" ")),
        ),
  )

/** Returns every heading of a Markdown document that uses a private word, with what to say instead. */
export const privateHeadings = ({ path, source }: SourceModule): string[] =>
  privateTexts(path, source.matchAll(heading))

function privateTexts(path: string, found: Iterable<RegExpMatchArray>): string[] {
  return [...found].flatMap(([, first, second]) => {
    const sentence = first ?? second ?? ""
    return Object.entries(forbiddenInSentences)
      .filter(([word]) => new RegExp(`\\b${word}\\b`, "i").test(sentence))
      .map(([word, term]) => `${path}: "${sentence}": say ${term} instead of ${word}`)
  })
}

/** Begins a doc comment with a clause where a verb (of a function) or a noun (of a type, a value) belongs. */
const clause = /\/\*\*[\s*]*(What|How|Whether|Whom|Whose|Who|Which|That|Where|When|Why|If)\b[^\n]*/g

/** Returns the doc comments that begin with a clause ("What …", "Whether …") instead of a verb or a noun. */
export const clausesInDocComments = (modules: readonly SourceModule[]): string[] =>
  modules.flatMap(({ path, source }) => [...source.matchAll(clause)].map(([found]) => `${path}: ${found}`))
