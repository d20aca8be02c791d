/** Returns the locale that a customer's traits name (`locale`, else `language`), or `undefined` when neither is a language tag. */
export const localeOf = (traits: Readonly<Record<string, unknown>>): string | undefined =>
  [traits.locale, traits.language].map(languageTag).find((tag) => tag !== undefined)

function languageTag(written: unknown): string | undefined {
  if (typeof written !== "string" || written.length > 35) return undefined
  const tag = written.trim().replaceAll("_", "-")
  try {
    return Intl.getCanonicalLocales(tag)[0]
  } catch {
    return undefined
  }
}
