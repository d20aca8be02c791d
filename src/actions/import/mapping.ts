import type { IdentifierType } from "../../core/customer/identifier.ts"
import { ApiError } from "../../core/problem.ts"
import { type DateOrder, dateOrderOf, isSlashedDate, zoneClock } from "../../core/time/instant.ts"

export const mappedFields = [
  "customer",
  "at",
  "item",
  "event",
  "quantity",
  "price",
  "order",
  "messageId",
  "title",
  "category",
  "channel",
] as const
export type MappedField = (typeof mappedFields)[number]

/** Lines that could be taken but by default are not; each can be kept by name. */
export const keepableReasons = ["serviceLine", "zeroPrice", "duplicateLine"] as const
export type KeepableReason = (typeof keepableReasons)[number]

/** What the caller says about a file; everything left out is found out from the column names. */
export interface MappingRequest {
  columns: Partial<Record<MappedField, string>>
  customerType?: IdentifierType
  timeZone?: string
  dateOrder?: DateOrder
  serviceLines?: string
  keep?: readonly KeepableReason[]
}

/** How a file's lines become events. */
export interface Mapping {
  column: Partial<Record<MappedField, string>>
  /** The event of every line, where no column names it. */
  eventName: string
  customerType: IdentifierType
  timeZone: string
  toInstant: (wallClock: number) => number
  dateOrder: DateOrder | undefined
  serviceLines: RegExp
  keep: ReadonlySet<KeepableReason>
}

const wellKnownNames: Readonly<Record<MappedField, readonly string[]>> = {
  customer: ["customerid", "customer", "userid", "user", "clientid", "client", "shopperid", "buyerid"],
  at: [
    "at",
    "timestamp",
    "originaltimestamp",
    "eventtime",
    "invoicedate",
    "orderdate",
    "purchasedate",
    "datetime",
  ].concat(["createdat", "time", "date"]),
  item: ["itemid", "item", "productid", "product", "sku", "stockcode", "articleid", "article", "asin"].concat([
    "propertiesproductid",
    "description",
    "productname",
    "title",
  ]),
  event: ["event", "eventname", "eventtype", "action", "behavior"],
  quantity: ["quantity", "qty", "units", "propertiesquantity"],
  price: ["unitprice", "price", "saleprice", "propertiesprice"],
  order: [
    "orderid",
    "ordernumber",
    "order",
    "invoiceno",
    "invoiceid",
    "invoice",
    "basketid",
    "transactionid",
    "receiptid",
  ],
  messageId: ["messageid"],
  title: ["title", "productname", "itemname", "name", "description"],
  category: ["category", "categoryid", "department"],
  channel: ["channel"],
}

const identifierTypeByName: Readonly<Record<string, IdentifierType>> = {
  visitorid: "anonymousId",
  anonymousid: "anonymousId",
  sessionid: "anonymousId",
  email: "email",
  customeremail: "email",
  loyaltycard: "loyaltyCard",
  cardnumber: "loyaltyCard",
}

const defaultServiceLines =
  "(dotcom |next day )?(postage|carriage|shipping|delivery|freight|handling)( charges?| fees?| costs?)?|manual|discount|" +
  "(bank|packing) charges?|.* (fee|commission)|samples?|adjust(ment)?|adjust bad debt|tax|vat|tip"

const plainName = (column: string): string => column.toLowerCase().replace(/[^a-z0-9]/g, "")

function findColumn(columns: readonly string[], names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = columns.find((column) => plainName(column) === name)
    if (found !== undefined) return found
  }
  return undefined
}

/** The file's own spelling of a column that the caller named; throws `invalidRequest` with the columns there are. */
function namedColumn(columns: readonly string[], field: MappedField, name: string): string {
  const found =
    columns.find((column) => column === name) ?? columns.find((column) => plainName(column) === plainName(name))
  if (found !== undefined) return found
  throw new ApiError(
    "invalidRequest",
    `the file has no column "${name}" for ${field}; its columns are ${columns.join(", ")}`,
  )
}

function columnByField(columns: readonly string[], request: MappingRequest): Mapping["column"] {
  const column: Mapping["column"] = {}
  for (const field of mappedFields) {
    const name = request.columns[field]
    const isEventName =
      field === "event" && name !== undefined && !columns.some((c) => plainName(c) === plainName(name))
    if (isEventName) continue
    const found = name === undefined ? findColumn(columns, wellKnownNames[field]) : namedColumn(columns, field, name)
    if (found !== undefined) column[field] = found
  }
  column.customer ??= findColumn(columns, Object.keys(identifierTypeByName))!
  if (column.title !== undefined && column.title === column.item) delete column.title
  return column
}

function requireField(column: Mapping["column"], field: "customer" | "at", columns: readonly string[]): void {
  if (column[field] !== undefined) return
  throw new ApiError(
    "invalidRequest",
    `no column looks like ${field === "at" ? "the time" : "the customer"}; name it with --${field}. The columns are ${columns.join(", ")}`,
  )
}

function serviceLinePattern(source: string): RegExp {
  try {
    return new RegExp(`^(${source})$`, "i")
  } catch (error) {
    throw new ApiError("invalidRequest", `--service-lines is not a regular expression: ${(error as Error).message}`)
  }
}

function clockOf(timeZone: string): Mapping["toInstant"] {
  try {
    return zoneClock(timeZone)
  } catch {
    throw new ApiError("invalidRequest", `"${timeZone}" is not a time zone; use a name such as Europe/London`)
  }
}

/** Completes what the caller said by the file's column names and the first rows; throws `invalidRequest` where it cannot. */
export function mapColumns(
  columns: readonly string[],
  firstRows: readonly Readonly<Record<string, unknown>>[],
  request: MappingRequest,
): Mapping {
  const column = columnByField(columns, request)
  requireField(column, "customer", columns)
  requireField(column, "at", columns)
  const times = firstRows.map((row) => row[column.at!])
  const dateOrder = request.dateOrder ?? dateOrderOf(times)
  if (dateOrder === undefined && times.some(isSlashedDate)) {
    throw new ApiError(
      "invalidRequest",
      `dates such as "${times.find(isSlashedDate)}" could be day first or month first; say --dates dmy or --dates mdy`,
    )
  }
  const timeZone = request.timeZone ?? "UTC"
  return {
    column,
    eventName: column.event === undefined ? (request.columns.event ?? "Order Completed") : "Order Completed",
    customerType: request.customerType ?? identifierTypeByName[plainName(column.customer!)] ?? "userId",
    timeZone,
    toInstant: clockOf(timeZone),
    dateOrder,
    serviceLines: serviceLinePattern(request.serviceLines ?? defaultServiceLines),
    keep: new Set(request.keep ?? []),
  }
}
