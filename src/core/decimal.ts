/** A number as files write it: decimal point or comma, thousands set apart, a currency sign; `NaN` if it is none. */
export function parseDecimal(value: unknown): number {
  if (typeof value === "number") return value
  if (typeof value !== "string") return Number.NaN
  const text = value.replace(/[\s\u00A0$€£¥]/g, "")
  if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) return Number(text.replaceAll(",", ""))
  if (/^-?\d{1,3}(\.\d{3})*,\d+$/.test(text) || /^-?\d+,\d+$/.test(text)) {
    return Number(text.replaceAll(".", "").replace(",", "."))
  }
  return text === "" ? Number.NaN : Number(text)
}
