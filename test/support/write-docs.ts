import { writeFileSync } from "node:fs"
import { describeConfiguration, describeEnvironmentFile } from "./describe-configuration.ts"
import { describeData } from "./describe-data.ts"
import { describeRules } from "./describe-rules.ts"

/** Returns the generated documents, by path. */
export const generatedDocuments = (): Record<string, string> => ({
  "docs/data.md": describeData(),
  "docs/rules.md": describeRules(),
  "docs/configuration.md": describeConfiguration(),
  ".env.example": describeEnvironmentFile(),
})

if (process.argv[1]?.endsWith("write-docs.ts"))
  for (const [path, text] of Object.entries(generatedDocuments())) writeFileSync(path, text)
