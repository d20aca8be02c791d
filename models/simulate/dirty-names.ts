import { createRandom, oneOf, type Random, shuffled, weighted } from "../random.ts"

/** A name and the forms that the people around its bearers use. */
export interface MadeName {
  text: string
  /** Nicknames, foreign and sibling forms. */
  forms: readonly string[]
}

export interface Origin {
  given: readonly MadeName[]
  family: readonly MadeName[]
  givenWeights: Float64Array
  familyWeights: Float64Array
  particle: string
}

const onsets = [
  "b",
  "br",
  "c",
  "ch",
  "d",
  "dr",
  "f",
  "g",
  "gr",
  "h",
  "j",
  "k",
  "kh",
  "l",
  "m",
  "n",
  "p",
  "r",
  "s",
  "sh",
  "st",
  "t",
  "tr",
  "v",
  "w",
  "y",
  "z",
  "",
  "",
  "",
]
const nuclei = ["a", "e", "i", "o", "u", "ai", "ei", "ou", "ia", "á", "é", "ö", "ü", "ø", "ä", "y"]
const codas = ["", "", "", "n", "r", "l", "s", "m", "t", "k", "nd", "rt", "ll", "ck", "ç", "ñ"]

const capitalised = (word: string) => word[0]!.toUpperCase() + word.slice(1)

/** Draws tables of names for each origin, from syllables drawn anew, so that no list of real names helps. */
export function makeOrigins(count: number, skew: number, seed: number): Origin[] {
  return Array.from({ length: count }, (_, n) => makeOrigin(createRandom(seed, 42, n), skew))
}

function makeOrigin(random: Random, skew: number): Origin {
  const part = (of: readonly string[], size: number) =>
    [...shuffled(of.length, random)].slice(0, size).map((n) => of[n]!)
  const [starts, middles, ends] = [part(onsets, 12), part(nuclei, 6), part(codas, 6)]
  const syllable = () => oneOf(random, starts) + oneOf(random, middles) + oneOf(random, ends)
  const suffixes = [oneOf(random, middles), oneOf(random, starts) + oneOf(random, middles), syllable()]
  const familyEnds = ["", "", syllable(), syllable()]
  const names = (size: number, make: () => string, formShare: number): MadeName[] => {
    const texts = new Set<string>()
    for (let tries = 0; texts.size < size && tries < size * 20; tries++) {
      const text = make()
      if (text.length >= 3 && text.length <= 12) texts.add(capitalised(text))
    }
    return [...texts].map((text) => ({
      text,
      forms: random() < formShare ? formsOf(text, random, suffixes, syllable) : [],
    }))
  }
  const given = names(250, () => syllable() + syllable() + (random() < 0.3 ? syllable() : ""), 0.5)
  const family = names(2500, () => syllable() + syllable() + oneOf(random, familyEnds), 0.05)
  return {
    given,
    family,
    givenWeights: zipf(given.length, skew),
    familyWeights: zipf(family.length, skew * 0.8),
    particle: random() < 0.3 ? syllable() : "",
  }
}

function formsOf(text: string, random: Random, suffixes: readonly string[], syllable: () => string): string[] {
  const short = text.slice(0, 2 + Math.floor(random() * 3))
  const forms = [random() < 0.5 ? short : short + oneOf(random, suffixes)]
  if (random() < 0.4) forms.push(capitalised(syllable() + oneOf(random, suffixes)))
  if (random() < 0.3) forms.push(text.slice(0, -1) + oneOf(random, suffixes))
  return forms.filter((form) => form.length >= 2)
}

const zipf = (size: number, skew: number): Float64Array =>
  Float64Array.from({ length: size }, (_, n) => 1 / (n + 3) ** skew)

const sum = (weights: Float64Array) => weights.reduce((total, weight) => total + weight, 0)

export const drawGiven = ({ given, givenWeights }: Origin, random: Random): MadeName =>
  given[weighted(random, givenWeights, sum(givenWeights))]!

export const drawFamily = ({ family, familyWeights }: Origin, random: Random): MadeName =>
  family[weighted(random, familyWeights, sum(familyWeights))]!
