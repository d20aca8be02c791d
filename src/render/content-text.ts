import type { Cards, ItemCard } from "./content-cards.ts"
import { plainText } from "./html-text.ts"
import { type Language, languageOf } from "./language.ts"

const before: Readonly<Record<Language, (price: string) => string>> = {
  en: (price) => `was ${price}`,
  it: (price) => `prima ${price}`,
}

/** Returns what a mail says in plain text, for programs that show no HTML; empty when there is nothing to say. */
export function contentText({ message, items }: Cards, { locale }: { locale: string }): string {
  const said = message && [plainText(message.headline), message.text && plainText(message.text), actionOf(message)]
  const blocks = [said, ...items.map((card) => itemLines(card, locale))]
  return blocks
    .map((lines) => lines?.filter(Boolean).join("\n"))
    .filter(Boolean)
    .join("\n\n")
}

function itemLines(card: ItemCard, locale: string) {
  const { name, price, oldPrice } = card
  const cost = oldPrice === undefined ? price : `${price} (${before[languageOf(locale)](oldPrice)})`
  return [name, cost, actionOf(card)]
}

const actionOf = ({ button, address }: { button: string; address?: string }) => address && `${button}: ${address}`
