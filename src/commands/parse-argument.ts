import { InvalidArgumentError } from "commander"
import { z } from "zod"

/** A date, or a date and time, as milliseconds since the epoch. */
export function parseDate(text: string): number {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new InvalidArgumentError("write a date such as 2024-12-31 or 2024-12-31T00:00:00Z.")
  return ms
}

export function parseCount(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("write a whole number above zero.")
  return value
}

export function parsePositive(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError("write a number above zero.")
  return value
}

/** Any number, such as an amount of money; may be negative. */
export function parseAmount(text: string): number {
  const value = Number(text)
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("write a number such as 0.25.")
  return value
}

/** Takes an id; `where` says what lists them. */
export const idListedBy =
  (where: string) =>
  (text: string): string => {
    if (!z.uuid().safeParse(text).success) throw new InvalidArgumentError(`write an id; ${where} lists them.`)
    return text
  }
