import { createHash } from "node:crypto"
import type { z } from "zod"
import { type Item, itemSchema } from "../../core/catalogue/item.ts"
import { type Consent, consentSchema } from "../../core/customer/consent.ts"
import { type Identifier, type IdentifierType, identifierValueSchema } from "../../core/customer/identifier.ts"
import { isPlaceholder } from "../../core/customer/placeholder.ts"
import type { IncomingEvent } from "../../core/history/event.ts"
import { consentPurposes } from "../../core/schema/channel.ts"
import { unstorableText } from "../../core/schema/storable-text.ts"
import type { SetConsentRequest } from "../customers/set-consent.ts"
import type { Rejection, RejectionReason } from "./line.ts"
import type { Mapping } from "./mapping.ts"
import { answerOf, type Columns, listOf, momentOf, numberOf, restOf, textOf, type Values } from "./statement-values.ts"

export const statementKinds = ["items", "customers", "consents"] as const
export type StatementKind = (typeof statementKinds)[number]

/** Column names of each kind of file, in plain letters, the surest name first. */
export const statementColumns: Readonly<Record<StatementKind, Readonly<Record<string, string>>>> = {
  items: {
    id: "id itemid productid sku item stockcode articleid artikelnummer handle",
    title: "title productname itemname producttitle name description",
    price: "price unitprice saleprice variantprice preis",
    currency: "currency",
    margin: "margin contributionmargin",
    stock: "stock inventory quantity qty inventoryquantity variantinventoryqty",
    validFrom: "validfrom availablefrom",
    validTo: "validto availableto",
    url: "url link producturl",
    image: "image imageurl imagelink imagesrc picture",
    brand: "brand vendor manufacturer marke",
    category: "category categories producttype department kategorie",
    updatedAt: "updatedat modifiedat lastmodified datemodified",
  },
  customers: {
    userId: "userid customerid clientid customernumber kundennummer id",
    email: "email emailaddress customeremail",
    phone: "phone phonenumber mobile telephone",
    loyaltyCard: "loyaltycard cardnumber",
    anonymousId: "anonymousid",
    updatedAt: "updatedat modifiedat lastmodified datemodified",
  },
  consents: {
    userId: "userid customerid clientid customernumber kundennummer",
    email: "email emailaddress customeremail",
    phone: "phone phonenumber mobile",
    loyaltyCard: "loyaltycard cardnumber",
    anonymousId: "anonymousid",
    purpose: "purpose consentpurpose",
    granted: "granted consent optin subscribed accepted status",
    at: "at consentedat timestamp updatedat datetime createdat date time",
    source: "source origin",
    channels: "channels channel",
    categories: "categories",
    priceCeiling: "priceceilingamount priceceiling",
    currency: "priceceilingcurrency currency",
    marketing: "marketing newsletter acceptsmarketing acceptsemailmarketing",
    service: "service",
    analytics: "analytics",
    "unasked-parcel": "unaskedparcel",
  },
}

/** Rules by which rows of a file of statements are read. */
export interface StatementReading {
  columns: Columns
  mapping: Mapping
  /** Source of the statements. */
  source: string
  fileDigest: string
  nowMs: number
}

type Read<T> = { good: T[] } | Rejection

interface NumberedRow {
  line: number
  values: Values
}

const refuse = (line: number, reason: RejectionReason, message: string): Rejection => ({ line, reason, message })

function parseLine<T>(line: number, schema: z.ZodType<T>, value: unknown): Read<T> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the line"}: ${message}`)
    return refuse(line, "invalid", faults.join("; "))
  }
  const [unstorable] = unstorableText(parsed.data, "")
  return unstorable === undefined
    ? { good: [parsed.data] }
    : refuse(line, "unreadable", `${unstorable.pointer} ${unstorable.message}`)
}

const withoutAbsent = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined))

export function readItem({ line, values }: NumberedRow, { columns, mapping }: StatementReading): Read<Item> {
  const text = (field: string) => textOf(values, columns[field])
  const attributes = restOf(values, columns, /^attributes\./)
  return parseLine(
    line,
    itemSchema,
    withoutAbsent({
      id: text("id"),
      title: text("title") ?? text("id"),
      price: numberOf(values, columns.price, mapping),
      currency: text("currency"),
      margin: numberOf(values, columns.margin, mapping),
      stock: numberOf(values, columns.stock, mapping),
      validFrom: momentOf(values, columns.validFrom, mapping),
      validTo: momentOf(values, columns.validTo, mapping),
      url: text("url"),
      image: text("image"),
      brand: text("brand"),
      category: listOf(values, columns.category, /\s*[>|]\s*/),
      attributes: Object.keys(attributes).length === 0 ? undefined : attributes,
      updatedAt: momentOf(values, columns.updatedAt, mapping),
    }),
  )
}

const customerFields: readonly IdentifierType[] = ["userId", "email", "phone", "loyaltyCard", "anonymousId"]

const identifiersOf = (values: Values, columns: Columns): Identifier[] =>
  customerFields.flatMap((type) => {
    const value = identifierValueSchema.safeParse(textOf(values, columns[type]) ?? "")
    return value.success && !isPlaceholder({ type, value: value.data }) ? [{ type, value: value.data }] : []
  })

export function readCustomer(row: NumberedRow, reading: StatementReading): Read<IncomingEvent> {
  const { line, values } = row
  const { columns, mapping, fileDigest, nowMs } = reading
  const identifiers = identifiersOf(values, columns)
  if (identifiers.length === 0) return refuse(line, "noCustomer", "the line names no customer")
  const told = momentOf(values, columns.updatedAt, mapping)
  const at = told === undefined ? nowMs : Date.parse(told)
  if (Number.isNaN(at)) return refuse(line, "badTime", `"${told}" is not a time`)
  if (at > nowMs) return refuse(line, "futureTime", `"${told}" lies in the future`)
  const contacts = Object.fromEntries(
    identifiers.flatMap(({ type, value }) => (type === "email" || type === "phone" ? [[type, value]] : [])),
  )
  const traits = { ...restOf(values, columns, /^traits\./), ...contacts }
  const content = JSON.stringify(["customer", identifiers, traits, told ?? `${fileDigest}:${line}`])
  const messageId = createHash("sha256").update(content).digest("hex").slice(0, 40)
  return {
    good: [{ messageId, at, name: "Customer Identified", lines: [], properties: {}, identifiers, traits }],
  }
}

export function readConsents(row: NumberedRow, reading: StatementReading): Read<SetConsentRequest> {
  const { line, values } = row
  const { columns, mapping, source, nowMs } = reading
  const [customer] = identifiersOf(values, columns)
  if (customer === undefined) return refuse(line, "noCustomer", "the line names no customer")
  const at = momentOf(values, columns.at, mapping)
  if (at === undefined || Number.isNaN(Date.parse(at))) {
    return refuse(line, "badTime", `"${at ?? ""}" is not a time; say when the customer said it`)
  }
  if (Date.parse(at) > nowMs) return refuse(line, "futureTime", `"${at}" lies in the future`)
  const amount = numberOf(values, columns.priceCeiling, mapping)
  const purpose = textOf(values, columns.purpose)?.toLowerCase()
  const answers: [string | undefined, unknown][] =
    columns.purpose === undefined
      ? consentPurposes.flatMap((one) => {
          const column = columns[one]
          return textOf(values, column) === undefined ? [] : [[one, values[column!]]]
        })
      : [[purpose, columns.granted === undefined ? undefined : values[columns.granted]]]
  const good: SetConsentRequest[] = []
  for (const [about, answer] of answers) {
    const known = consentPurposes.find((one) => one === about)
    if (known === undefined) {
      return refuse(line, "invalid", `"${about ?? ""}" is no purpose; there are ${consentPurposes.join(", ")}`)
    }
    const granted = answerOf(answer)
    if (granted === undefined) return refuse(line, "invalid", `"${answer ?? ""}" is neither yes nor no`)
    const consent = parseLine<Consent>(
      line,
      consentSchema,
      withoutAbsent({
        granted,
        at,
        source: textOf(values, columns.source) ?? source,
        channels: listOf(values, columns.channels, /[,;|\s]+/),
        categories: listOf(values, columns.categories, /[,;|]/),
        priceCeiling: amount === undefined ? undefined : { amount, currency: textOf(values, columns.currency) },
      }),
    )
    if (!("good" in consent)) return consent
    good.push({ customer, purpose: known, consent: consent.good[0]! })
  }
  if (good.length > 0) return { good }
  return refuse(line, "invalid", `the line says nothing of ${consentPurposes.join(", ")}`)
}
