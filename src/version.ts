import { readFileSync } from "node:fs"

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }

/** The version of this package, as stated in `package.json`; the build copies that file to `dist/`. */
export { version }
