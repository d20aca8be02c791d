import { z } from "zod"

/** An item's id: in Unicode's composed form (NFC), so that spellings that look the same are the same. */
export const itemIdSchema = z.string().normalize("NFC").min(1).max(200)

const onlyAscii = /^[ -~]*$/

/** The same for ids that were read elsewhere. */
export const normalizeItemId = (id: string): string => (onlyAscii.test(id) ? id : id.normalize("NFC"))
