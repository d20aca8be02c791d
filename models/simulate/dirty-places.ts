import { below, createRandom, oneOf, type Random, weighted } from "../random.ts"

export interface Home {
  street: string
  town: string
  postcode: string
  /** Town of the same region, and quarter of the same town, that somebody may write instead. */
  neighbourTown: string
  district: string
}

interface Town {
  name: string
  region: number
  district: string
  quarters: { streets: string[]; sector: string }[]
}

export interface Country {
  towns: readonly Town[]
  weights: Float64Array
}

const letters = "ABCDEFGHJKLMNPRSTUWY"

/** Draws regions with towns, quarters and streets; postcodes name area, district, sector and street in turn. */
export function makeCountry(syllables: readonly string[], seed: number): Country {
  const random = createRandom(seed, 43)
  const word = (least: number) => {
    let text = ""
    while (text.length < least) text += oneOf(random, syllables)
    return text[0]!.toUpperCase() + text.slice(1, 11)
  }
  const kinds = [word(4), word(5), word(3)]
  const streetNames = Array.from({ length: 400 }, () => `${word(5)} ${oneOf(random, kinds)}`)
  const towns: Town[] = []
  for (let region = 0; region < 10; region++) {
    const area = `${oneOf(random, [...letters])}${letters[region]!}`
    for (let n = 0; n < 9; n++) {
      const quarters = Array.from({ length: 2 + below(random, 8) }, (_, quarter) => ({
        streets: Array.from({ length: 10 + below(random, 15) }, () => oneOf(random, streetNames)),
        sector: String(quarter),
      }))
      const name = random() < 0.2 ? `${word(4)} ${word(4)}` : word(5)
      towns.push({ name, region, district: `${area}${n + 1}`, quarters })
    }
  }
  return { towns, weights: Float64Array.from(towns, () => 1 / (1 + below(random, 90))) }
}

export function drawHome({ towns, weights }: Country, random: Random): Home {
  const town =
    towns[
      weighted(
        random,
        weights,
        weights.reduce((total, weight) => total + weight, 0),
      )
    ]!
  const quarter = oneOf(random, town.quarters)
  const street = below(random, quarter.streets.length)
  const neighbours = towns.filter(({ region }) => region === town.region)
  const unit = `${letters[street % 20]!}${letters[Math.floor(street / 20)]!}`
  return {
    street: `${1 + Math.floor(random() ** 2 * 150)} ${quarter.streets[street]!}`,
    town: town.name,
    postcode: `${town.district} ${quarter.sector}${unit}`,
    neighbourTown: oneOf(random, neighbours).name,
    district: `${town.district} ${quarter.sector}`,
  }
}
