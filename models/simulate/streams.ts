/** Names the independent streams of chance, so that one more draw in one place moves nothing elsewhere. */
export const streams = {
  types: 11,
  brands: 12,
  items: 13,
  partners: 14,
  offers: 15,
  customer: 21,
  idiosyncrasy: 22,
  mood: 23,
  needs: 24,
  basket: 25,
  journey: 26,
  device: 27,
  appeal: 28,
  crowding: 29,
  consents: 30,
  hidden: 31,
} as const

export const daysPerWeek = 7
export const daysPerYear = 365

export const logistic = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds))
export const logOdds = (probability: number): number => Math.log(probability / (1 - probability))
