import type { ArtifactContent } from "../artifact/artifact.ts"

/** Names of scorers and item graphs before version 0.2. */
const formerScorers: Readonly<Record<string, string>> = {
  together: "coOccurrence",
  intent: "sessionCoOccurrence",
  onward: "transitions",
  next: "directTransitions",
  beyond: "twoStepTransitions",
}

/** Names of ranker features before version 0.2. */
const formerFeatures: Readonly<Record<string, string>> = {
  trend: "sessionEndShare",
  lateness: "meanSessionPosition",
  kindred: "attributePopularity",
  current: "recentPopularity",
  dueness: "overdueRatio",
  customerLateness: "customerSessionPosition",
  latenessGap: "sessionPositionGap",
}

/** Names of tensors before version 0.2, by model. */
const formerTensors: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  popularity: { endings: "sessionEndWeight", lateness: "meanSessionPosition", kindred: "attributePopularity" },
  sessions: { moments: "steps" },
  rebuy: { rhythms: "statistics" },
}

/** Keys of a manifest's or a report's JSON before version 0.2. */
const formerKeys: Readonly<Record<string, string>> = {
  ...formerScorers,
  arrows: "edgesPerItem",
  contentArrows: "contentEdgesPerItem",
  reach: "maxSteps",
  width: "followedEdges",
  most: "maxSequences",
  mostItems: "maxItems",
  questions: "queries",
  lessons: "snapshots",
  without: "ablated",
}

const renamed = (names: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(names, name) ? names[name]! : name

/** Returns an artifact under today's names; one that already has them is returned as it is. */
export function withCurrentNames(content: ArtifactContent): ArtifactContent {
  const { metadata, tensors } = content
  const model = metadata.model ?? ""
  return {
    metadata: currentMetadata(metadata),
    tensors: Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [tensorName(model, name), tensor])),
  }
}

function tensorName(model: string, name: string): string {
  if (model !== "neighbors") return renamed(formerTensors[model] ?? {}, name)
  const [graph, ...rest] = name.split(".")
  return [renamed(formerScorers, graph!), ...rest].join(".")
}

/** Returns an artifact's metadata under today's names. */
function currentMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, text]): [string, string] => {
      if (metadata.model === "neighbors" && name.endsWith("Decay")) {
        return [`${renamed(formerScorers, name.slice(0, -"Decay".length))}Decay`, text]
      }
      if (metadata.model !== "blend") return [name === "leftOut" ? "omittedBecause" : name, text]
      if (name === "features") return [name, renamedList(text, formerFeatures)]
      const [policy, entry] = name.split(".")
      if (entry === "parts") return [`${policy}.scorers`, renamedList(text, formerScorers)]
      if (entry === "depth") return [`${policy}.candidatesPerScorer`, text]
      if (entry === "most") return [`${policy}.maxCandidates`, text]
      return [name, text]
    }),
  )
}

/** Renames the entries of a JSON array of names; text that is none is left alone, to be refused where it is read. */
function renamedList(text: string, names: Readonly<Record<string, string>>): string {
  try {
    const list: unknown = JSON.parse(text)
    if (!Array.isArray(list)) return text
    return JSON.stringify(list.map((entry) => (typeof entry === "string" ? renamed(names, entry) : entry)))
  } catch {
    return text
  }
}

type Json = Readonly<Record<string, unknown>>

/** Returns the manifest of a release or an artifact, or the report of an evaluation, under today's names. */
export function manifestWithCurrentNames(manifest: Json): Json {
  const { leftOut, ...rest } = manifest
  const entries = Object.entries(rest).map(([key, value]) => [key, renamedEntry(key, value)])
  return {
    ...Object.fromEntries(entries),
    ...(Array.isArray(leftOut) && { omitted: leftOut.map(omittedModel) }),
  }
}

function renamedEntry(key: string, value: unknown): unknown {
  if (key === "metadata" && isObject(value)) return currentMetadata(value as Record<string, string>)
  if (key === "propensity" && isObject(value)) return currentPropensity(value)
  return ["configuration", "search", "rebuy"].includes(key) ? renamedDeep(value) : value
}

/** Returns what a manifest says of both propensity networks under today's names. */
function currentPropensity(networks: Json): Json {
  return Object.fromEntries(
    Object.entries(networks).map(([key, fit]) => {
      if (!isObject(fit) || !("reason" in fit)) return [key, fit]
      const { reason, test, ...rest } = fit
      return [key, { ...rest, blockedBecause: reason, ...("test" in fit && { test: currentTest(test) }) }]
    }),
  )
}

function currentTest(test: unknown): unknown {
  if (!isObject(test) || !("lead" in test)) return test
  const { lead, ...rest } = test
  return { ...rest, logLossGain: lead }
}

const omittedModel = (entry: unknown): unknown => {
  if (!isObject(entry)) return entry
  const { part, ...rest } = entry
  return part === undefined ? entry : { model: part, ...rest }
}

function renamedDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamedDeep)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      renamed(formerKeys, key),
      typeof entry === "string" && namesScorer(key) ? stepName(entry) : renamedDeep(entry),
    ]),
  )
}

const namesScorer = (key: string): boolean => ["model", "without", "ranker"].includes(key)

/** Renames a step of a search: a scorer, a scorer's decay, the blend without a scorer, or a way to weigh scorers. */
function stepName(name: string): string {
  if (name.startsWith("blend without a part, ")) return name.replace("blend without a part", "blend ablation")
  if (name === "weights of parts") return "scorer weights"
  const [scorer, ...rest] = name.split(" ")
  return [renamed(formerScorers, scorer!), ...rest].join(" ")
}

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
