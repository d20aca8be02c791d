/** Ways in which a training ends. */
export const trainingResults = {
  promoted: "a release was made live",
  saved: "a release was saved, and nobody asked to promote it",
  worseThanLive: "a release was saved and not promoted: the live one ranks better",
  notCompared: "a release was saved and not promoted: no time was left to evaluate the live one",
  belowBaseline: "a release was saved and not promoted: it does not beat popularity, or is not measured",
  failed: "it ended in an error",
} as const

export type TrainingResult = keyof typeof trainingResults
