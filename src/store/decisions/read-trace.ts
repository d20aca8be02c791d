type Fields = Readonly<Record<string, unknown>>

/**
 * Returns a stored trace under its present keys. Version 0.1 wrote other keys, recognised by `situation`; its decisions are too many
 * to rewrite.
 */
export function readTrace(stored: Fields): Fields {
  if (!("situation" in stored)) return stored
  const { situation, facts, options, dropped, refused, ...rest } = stored
  return {
    ...rest,
    contextFeatures: situation,
    attributes: facts,
    options: each(options, readOption),
    dropped: each(dropped, readDrop),
    refused: each(refused, readDrop),
  }
}

const each = (list: unknown, read: (fields: Fields) => Fields) => (Array.isArray(list) ? list.map(read) : list)

const readOption = ({ largestShare, propensitySource, ...option }: Fields): Fields => ({
  ...option,
  maxProbability: largestShare,
  propensitySource: propensitySource === "given" ? "unconditional" : propensitySource,
})

const readDrop = (drop: Fields): Fields => (drop.rule === "openMatter" ? { ...drop, rule: "openCase" } : drop)
