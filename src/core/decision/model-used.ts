/** Returns the fields of an answer that name its release; `null`: none was live. */
export const modelUsed = (releaseId: string | null): { modelVersion: string | null; untrained: boolean } => ({
  modelVersion: releaseId,
  untrained: releaseId === null,
})
