import type { IdentifierType } from "../../core/customer/identifier.ts"
import { ApiError } from "../../core/problem/problem.ts"
import type { DecimalMark } from "../../core/schema/written-number.ts"
import type { DateOrder } from "../../core/time/written-date.ts"
import { type ZoneClock, zoneClock } from "../../core/time/zone-clock.ts"
import {
  findColumn,
  findOuterColumn,
  identifierTypeByName,
  isShopify,
  looksLike,
  plainName,
  wellKnownNames,
} from "./column-names.ts"
import { type MappedField, mappedFields } from "./mapped-field.ts"
import { plainStatus } from "./order-status.ts"

/** Lines that could be taken but by default are not; each can be kept by name. */
export const keepableReasons = ["serviceLine", "zeroPrice", "duplicateLine"] as const
export type KeepableReason = (typeof keepableReasons)[number]

/** The caller's description of a file; everything left out is found out from the column names. */
export interface MappingRequest {
  columns: Partial<Record<MappedField, string>>
  customerType?: IdentifierType
  timeZone?: string
  dateOrder?: DateOrder
  decimalMark?: DecimalMark
  serviceLines?: string
  /** Values of the status column whose lines are left out, beside those of orders that failed or are not paid. */
  leaveOut?: readonly string[]
  /** `none`: a column of statuses is not looked at. */
  statuses?: "none"
  keep?: readonly KeepableReason[]
}

/** Rules by which a file's lines become events. */
export interface Mapping {
  column: Partial<Record<MappedField, string>>
  /** The event of every line, where no column names it. */
  eventName: string
  customerType: IdentifierType
  timeZone: string
  isTimeZoneGiven: boolean
  clock: ZoneClock
  dateOrder: DateOrder | undefined
  decimalMark: DecimalMark | undefined
  /** True if the title stands for a product that has no id, as shops' exports of orders leave it out. */
  namesItems: boolean
  /** Items that are no goods, where the caller names them. */
  serviceLines: RegExp | undefined
  leaveOut: ReadonlySet<string>
  keep: ReadonlySet<KeepableReason>
}

const belongsToWhole: ReadonlySet<MappedField> = new Set([
  "customer",
  "at",
  "event",
  "order",
  "status",
  "cancelledAt",
  "messageId",
  "channel",
  "device",
  "email",
] as const)

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

function knownColumn(columns: readonly string[], field: MappedField): string | undefined {
  if (isShopify(columns)) {
    if (field === "order") return columns.find((column) => plainName(column) === "name")
    if (field === "title") return columns.find((column) => plainName(column) === "lineitemname")
  }
  const find = belongsToWhole.has(field) ? findOuterColumn : findColumn
  const found = find(columns, wellKnownNames[field])
  if (found !== undefined || field !== "order" || !columns.some((column) => column.includes("[]."))) return found
  return findOuterColumn(columns, ["number", "id"])
}

function columnByField(columns: readonly string[], request: MappingRequest): Mapping["column"] {
  const column: Mapping["column"] = {}
  for (const field of mappedFields) {
    const name = request.columns[field]
    if (field === "status" && request.statuses === "none") continue
    const isEventName =
      field === "event" && name !== undefined && !columns.some((c) => plainName(c) === plainName(name))
    if (isEventName) continue
    const found = name === undefined ? knownColumn(columns, field) : namedColumn(columns, field, name)
    if (found !== undefined) column[field] = found
  }
  const customer = column.customer ?? findOuterColumn(columns, Object.keys(identifierTypeByName))
  if (customer !== undefined) column.customer = customer
  for (const field of ["email", "device"] as const) if (column[field] === column.customer) delete column[field]
  if (column.title !== undefined && column.title === column.item) delete column.title
  if (column.status !== undefined && column.status === column.event) delete column.status
  return column
}

function requireField(column: Mapping["column"], field: "customer" | "at", columns: readonly string[]): void {
  if (column[field] !== undefined) return
  const other = looksLike(columns)
  const instead = other === undefined ? "" : `; this looks like ${otherKinds[other]}: use --as ${other}`
  throw new ApiError(
    "invalidRequest",
    `no column looks like ${field === "at" ? "the time" : "the customer"}; name it with --${field}${instead}. ` +
      `The columns are ${columns.join(", ")}`,
  )
}

const otherKinds = { items: "a catalogue", customers: "a list of customers", consents: "a list of consents" }

function serviceLinePattern(source: string | undefined): RegExp | undefined {
  if (source === undefined) return undefined
  try {
    return new RegExp(`^(${source})$`, "i")
  } catch (error) {
    throw new ApiError("invalidRequest", `--service-lines is not a regular expression: ${(error as Error).message}`)
  }
}

function clockOf(timeZone: string): ZoneClock {
  try {
    return zoneClock(timeZone)
  } catch {
    throw new ApiError("invalidRequest", `"${timeZone}" is not a time zone; use a name such as Europe/London`)
  }
}

/** Completes what the caller said by the names of the columns; throws `invalidRequest` where it cannot. */
export function mapColumns(columns: readonly string[], request: MappingRequest): Mapping {
  const column = columnByField(columns, request)
  requireField(column, "customer", columns)
  requireField(column, "at", columns)
  const timeZone = request.timeZone ?? "UTC"
  return {
    column,
    eventName: column.event === undefined ? (request.columns.event ?? "Order Completed") : "Order Completed",
    customerType: request.customerType ?? identifierTypeByName[lastName(column.customer!)] ?? "userId",
    timeZone,
    isTimeZoneGiven: request.timeZone !== undefined,
    clock: clockOf(timeZone),
    dateOrder: request.dateOrder,
    decimalMark: request.decimalMark,
    namesItems: isShopify(columns) || column.title?.includes("[].") === true,
    serviceLines: serviceLinePattern(request.serviceLines),
    leaveOut: new Set(request.leaveOut?.map(plainStatus)),
    keep: new Set(request.keep ?? []),
  }
}

const lastName = (column: string): string => {
  const whole = plainName(column)
  return Object.hasOwn(identifierTypeByName, whole) ? whole : plainName(column.slice(column.lastIndexOf(".") + 1))
}

/** Mapping of a file of tracking calls, which needs no columns. */
export const mappingOfCalls = (request: MappingRequest): Mapping => ({
  column: {},
  eventName: "",
  customerType: "userId",
  timeZone: request.timeZone ?? "UTC",
  isTimeZoneGiven: true,
  clock: clockOf(request.timeZone ?? "UTC"),
  dateOrder: undefined,
  decimalMark: undefined,
  namesItems: false,
  serviceLines: undefined,
  leaveOut: new Set(),
  keep: new Set(request.keep ?? []),
})
