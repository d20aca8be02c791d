/** Languages that our own words for customers are written in; others are answered in the first. */
const languages = ["en", "it"] as const
export type Language = (typeof languages)[number]

/** Returns the language of our own words for a locale. */
export function languageOf(locale: string): Language {
  const primary = primaryOf(locale)
  return languages.find((language) => language === primary) ?? languages[0]
}

/** Returns a locale as a valid language tag; English where it is none. */
export function languageTagOf(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale.replaceAll("_", "-"))[0] ?? "en"
  } catch {
    return "en"
  }
}

const rightToLeft: ReadonlySet<string | undefined> = new Set([
  "ar",
  "fa",
  "he",
  "iw",
  "ku",
  "ps",
  "sd",
  "ug",
  "ur",
  "yi",
])

/** Returns the direction that a locale's language is written in. */
export const directionOf = (locale: string): "ltr" | "rtl" => (rightToLeft.has(primaryOf(locale)) ? "rtl" : "ltr")

const primaryOf = (locale: string) => locale.toLowerCase().split(/[-_]/)[0]
