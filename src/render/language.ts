/** Languages that our own words for customers are written in; others are answered in the first. */
const languages = ["en", "it"] as const
export type Language = (typeof languages)[number]

/** Returns the language of our own words for a locale. */
export function languageOf(locale: string): Language {
  const [primary] = locale.toLowerCase().split("-")
  return languages.find((language) => language === primary) ?? languages[0]
}
