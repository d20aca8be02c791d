import type { IdentifierType } from "../../core/customer/identifier.ts"
import type { MappedField } from "./mapped-field.ts"

const words = (list: string): readonly string[] => list.split(" ")

/** Names of columns in plain letters, the surest name first. */
export const wellKnownNames: Readonly<Record<MappedField, readonly string[]>> = {
  customer: words(
    "customerid customer userid user clientid client shopperid buyerid customernumber customerno custid memberid kundennummer kundennr kunde",
  ),
  at: words(
    "at timestamp originaltimestamp eventtime eventtimestamp invoicedate orderdate purchasedate datetime createdat datecreated orderedat " +
      "placedat paidat paiddate time date bestelldatum datum",
  ),
  item: words(
    "itemid item productid product sku lineitemsku stockcode articleid article asin productsku artikelnummer artikelnr artikel " +
      "propertiesproductid description productname lineitemname itemname title",
  ),
  event: words("event eventname eventtype action behavior"),
  quantity: words(
    "quantity qty units lineitemquantity qtyordered quantityrefund propertiesquantity menge anzahl pieces",
  ),
  price: words(
    "unitprice price saleprice lineitemprice itemcost itemprice productprice propertiesprice einzelpreis preis",
  ),
  order: words(
    "incrementid orderid ordernumber order orderno invoiceno invoiceid invoice basketid transactionid receiptid ecommercetransactionid " +
      "eventparamstransactionid propertiesorderid bestellnummer bestellnr auftragsnummer",
  ),
  status: words("orderstatus financialstatus status paymentstatus bestellstatus"),
  cancelledAt: words("cancelledat canceledat"),
  messageId: words("messageid"),
  title: words("title productname itemname lineitemname producttitle name description"),
  category: words("category categoryid department itemcategory"),
  channel: words("channel"),
  device: words("userpseudoid anonymousid"),
  email: words("email customeremail emailaddress billingemail emailbilling customeremailaddress"),
}

/** Columns that name customers by something else than an id of the shop's own. */
export const identifierTypeByName: Readonly<Record<string, IdentifierType>> = {
  visitorid: "anonymousId",
  anonymousid: "anonymousId",
  userpseudoid: "anonymousId",
  sessionid: "anonymousId",
  email: "email",
  customeremail: "email",
  emailaddress: "email",
  billingemail: "email",
  emailbilling: "email",
  customeremailaddress: "email",
  phone: "phone",
  loyaltycard: "loyaltyCard",
  cardnumber: "loyaltyCard",
}

export const plainName = (column: string): string =>
  column
    .normalize("NFD")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")

const outerNames =
  /^(?:properties|data|event|params|event_params|ecommerce|billing|customer|user|product|item|order|attributes)\./i

/** The column of one of these names; inside lists of products by its last part, and behind well-known outer names. */
export function findColumn(columns: readonly string[], names: readonly string[]): string | undefined {
  const inLists = columns.filter((column) => column.includes("[]."))
  const whole = columns.filter((column) => !column.includes("[].") && !/^item\s*#$/i.test(column))
  const passes: readonly (readonly [readonly string[], (column: string) => string])[] = [
    [inLists, (column) => plainName(column.slice(column.indexOf("[].") + 3))],
    [whole, plainName],
    [whole.filter((column) => outerNames.test(column)), (column) => plainName(column.replace(outerNames, ""))],
  ]
  for (const [candidates, nameOf] of passes) {
    for (const name of names) {
      const found = candidates.find((column) => nameOf(column) === name)
      if (found !== undefined) return found
    }
  }
  return undefined
}

export const findOuterColumn = (columns: readonly string[], names: readonly string[]): string | undefined =>
  findColumn(
    columns.filter((column) => !column.includes("[].")),
    names,
  )

/** True if a file lists the lines of Shopify's orders, where `Name` is the order's number. */
export const isShopify = (columns: readonly string[]): boolean =>
  columns.some((column) => plainName(column) === "lineitemname" || plainName(column) === "lineitemsku")

/** True if a file without customers is a catalogue, a list of customers or one of consents. */
export function looksLike(columns: readonly string[]): "items" | "customers" | "consents" | undefined {
  const has = (list: string) => findOuterColumn(columns, words(list)) !== undefined
  const isDated = has("at timestamp eventtime invoicedate orderdate purchasedate date datetime")
  if (has("purpose consentpurpose") || (has("granted optin consent") && !has("itemid productid sku"))) return "consents"
  const isItems =
    has("id itemid productid sku stockcode") && has("title name productname price category department brand")
  const isPerson = has("customerid userid email phone")
  if (isItems && !isPerson && !has("customer user quantity qty orderid visitorid")) return "items"
  return isPerson && !isDated && !has("itemid productid sku quantity orderid") ? "customers" : undefined
}
