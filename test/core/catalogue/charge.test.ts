import { expect, test } from "vitest"
import { isCharge } from "../../../src/core/catalogue/charge.ts"

test.each([
  ["Next Day Carriage"],
  ["Shipping & Handling"],
  ["Shipping fee"],
  ["Standard Shipping (UPS)"],
  ["Delivery - Express"],
  ["Versandkosten"],
  ["Versand: DHL"],
  ["Versandkostenpauschale"],
  ["Frais de livraison"],
  ["Frais d'envoi"],
  ["Livraison gratuite"],
  ["Spese di spedizione"],
  ["Spedizione"],
  ["Gastos de envío"],
  ["Verzendkosten"],
  ["Frakt"],
  ["Dostawa"],
  ["Manual"],
  ["Discount"],
  ["Rabatt"],
  ["Remise"],
  ["SAMPLES"],
  ["Bank Charges"],
  ["CRUK Commission"],
  ["Amazon fee"],
  ["Booking fee"],
  ["Adjust bad debt"],
  ["Mehrwertsteuer"],
])("%s is no goods", (title) => {
  expect(isCharge({ code: title })).toBe(true)
  expect(isCharge({ code: "X-17", title })).toBe(true)
})

test.each([["POST"], ["DOT"], ["AMAZONFEE"]])("the code %s alone is no goods", (code) => {
  expect(isCharge({ code })).toBe(true)
})

test.each([
  ["M", "Manual"],
  ["D", "Discount"],
  ["C2", "CARRIAGE"],
  ["POST", "POSTAGE"],
  ["DOT", "DOTCOM POSTAGE"],
  ["S", "Samples of autumn"],
])("the code %s with the title %s is no goods", (code, title) => {
  expect(isCharge({ code, title })).toBe(true)
})

test.each([
  ["Post box"],
  ["Postage stamp cushion"],
  ["Delivery van, toy"],
  ["Manual coffee grinder"],
  ["Shipping container model"],
  ["Port wine"],
  ["Port"],
  ["Discount book of 1960"],
  ["Sample sale dress"],
  ["Coffee"],
  ["Vatican guide"],
  ["Envelope"],
  ["Freight train"],
  ["Versandtasche A4"],
  ["M"],
  ["D"],
])("%s is goods", (code) => {
  expect(isCharge({ code })).toBe(false)
  expect(isCharge({ code: "X-17", title: code })).toBe(false)
})

test.each([
  ["M", "T-shirt, medium"],
  ["POST", "Fence post"],
  ["S", "Scarf"],
  ["C2", "Cable"],
])("the code %s of the product %s is goods", (code, title) => {
  expect(isCharge({ code, title })).toBe(false)
})
