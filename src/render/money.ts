import { languageTagOf } from "./language.ts"

/** Returns an amount as people of a locale write it; a currency that nobody knows stands behind the number. */
export function formatMoney(amount: number, currency: string, locale: string): string {
  try {
    return new Intl.NumberFormat(languageTagOf(locale), { style: "currency", currency }).format(amount)
  } catch {
    return `${amount.toFixed(2)} ${currency}`
  }
}
