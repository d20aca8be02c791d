import type { ShopSettings } from "./shop-settings.ts"

/** The one currency of a decision, with what it converts others by. */
export interface Exchange {
  currency: string
  /** Money of the currency for one unit of each other currency, with the day that the rates are of; `null`: no other is taken. */
  rates: ShopSettings["exchangeRates"]
}

export const exchangeOf = ({ currency, exchangeRates }: ShopSettings): Exchange => ({ currency, rates: exchangeRates })

/** Returns the factor that converts an amount in `currency`; without a currency it is in the shop's own, `undefined`: there is no rate. */
export const rateOf = (exchange: Exchange | undefined, currency: string | undefined): number | undefined => {
  if (exchange === undefined || currency === undefined || currency === exchange.currency) return 1
  return exchange.rates !== null && Object.hasOwn(exchange.rates.rates, currency)
    ? exchange.rates.rates[currency]
    : undefined
}
