import { maxAttributes } from "../../core/catalogue/item.ts"
import { pointerStep } from "../../core/problem/field-errors.ts"
import type { FieldError } from "../../core/problem/problem.ts"
import type { ItemWrite } from "../../store/catalogue/write-items.ts"

interface WriteResult<S extends string> {
  status: S | "superseded" | "rejected"
  errors?: FieldError[]
  erased?: string[]
  kept?: string[]
}

/** Returns what is answered of a write of an item, `written` being its status where it was; `pointer` leads to it in the body. */
export function itemWriteResult<S extends string>(
  { status, erased, kept }: ItemWrite,
  written: S,
  pointer: string,
): WriteResult<S> {
  switch (status) {
    case "superseded":
      return { status }
    case "unknown":
      return { status: "rejected", errors: [{ pointer: `${pointer}/id`, message: unknownItem }] }
    case "tooManyAttributes":
      return { status: "rejected", errors: [{ pointer: `${pointer}/patch/attributes`, message: tooManyAttributes }] }
    case "written":
      return {
        status: written,
        ...(erased.length > 0 && { erased: erased.map(pointerOf) }),
        ...(kept.length > 0 && { kept: kept.map(pointerOf) }),
      }
  }
}

const unknownItem = "unknown item: send it to `POST /v1/items`, or a patch with its `title`"
const tooManyAttributes = `the item would have more than ${maxAttributes} attributes; remove some with \`null\``

const pointerOf = (path: readonly string[]) => path.map(pointerStep).join("")
