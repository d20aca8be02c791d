import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { parquetReadObjects } from "hyparquet"
import { asyncBufferFromFile } from "hyparquet/src/node.js"
import { compressors } from "hyparquet-compressors"

interface Line {
  Description: string | null
  Quantity: number
  InvoiceDate: Date
  UnitPrice: number
  CustomerID: number | null
}

export interface MovedShop {
  linesFile: string
  consentsFile: string
  customerIds: readonly string[]
  /** Items by the number of lines that name them, the most frequent first. */
  bestSold: readonly string[]
}

const quoted = (value: unknown) => (value === null ? "" : `"${String(value).replaceAll('"', '""')}"`)
const csvOf = (header: string, rows: readonly string[]) => `${header}\n${rows.join("\n")}\n`

/** Writes the shop's lines as a CSV file whose last line is of an hour ago, and a file in which every customer agrees to marketing. */
export async function moveToToday(parquetFile: string, folder: string, nowMs: number): Promise<MovedShop> {
  const file = await asyncBufferFromFile(parquetFile)
  const lines = (await parquetReadObjects({ file, compressors })) as unknown as Line[]
  const lastMs = lines.reduce((latest, { InvoiceDate }) => Math.max(latest, InvoiceDate.getTime()), 0)
  const shiftMs = nowMs - 3_600_000 - lastMs
  const sold = new Map<string, number>()
  const customers = new Set<string>()
  const rows = lines.map(({ Description, Quantity, InvoiceDate, UnitPrice, CustomerID }) => {
    if (CustomerID !== null) customers.add(String(CustomerID))
    if (CustomerID !== null && Description !== null && Quantity > 0)
      sold.set(Description, (sold.get(Description) ?? 0) + 1)
    const at = new Date(InvoiceDate.getTime() + shiftMs).toISOString()
    return [CustomerID, Description, Quantity, at, UnitPrice].map(quoted).join(",")
  })
  const linesFile = join(folder, "online-retail.csv")
  const consentsFile = join(folder, "consents.csv")
  const customerIds = [...customers].sort()
  const agreedAt = new Date(lines[0]!.InvoiceDate.getTime() + shiftMs).toISOString()
  writeFileSync(linesFile, csvOf("CustomerID,Description,Quantity,InvoiceDate,UnitPrice", rows))
  writeFileSync(
    consentsFile,
    csvOf(
      "userId,purpose,granted,at,source",
      customerIds.map((id) => `${id},marketing,true,${agreedAt},newsletter`),
    ),
  )
  const bestSold = [...sold].sort((a, b) => b[1] - a[1]).map(([itemId]) => itemId)
  return { linesFile, consentsFile, customerIds, bestSold }
}
