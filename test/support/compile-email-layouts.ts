import { readFileSync, writeFileSync } from "node:fs"
import mjml from "mjml"

export const emailLayoutsPath = "src/render/email-layouts.ts"

const layouts = ["message", "item", "pair"] as const

/** A layout as a fragment of a mail: what MJML puts in the body, without the white space that would part columns. */
async function compile(name: (typeof layouts)[number]): Promise<{ style: string; fragment: string }> {
  const { html, errors } = await mjml(readFileSync(`src/render/email-${name}.mjml`, "utf8"), {
    validationLevel: "strict",
  })
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join("\n"))
  const within = (pattern: RegExp) => tight(pattern.exec(html)![1]!)
  return {
    style: within(/<style type="text\/css">\s*@media only screen and \(min-width:480px\)\s*{([\s\S]*?)}\s*<\/style>/),
    fragment: within(/<div\s+aria-roledescription[^>]*>([\s\S]*)<\/div>\s*<\/body>/),
  }
}

const tight = (html: string) => html.replaceAll(/\s+/g, " ").replaceAll(/>\s+</g, "><").replaceAll(/\s+>/g, ">").trim()

/** The source of the module that holds the compiled layouts. */
export async function compileEmailLayouts(): Promise<string> {
  const compiled = await Promise.all(layouts.map(compile))
  const widths = new Set(compiled.flatMap(({ style }) => style.split(/(?<=})\s*/)))
  const fragments = layouts.map((name, n) => `export const ${name}Layout = \`${compiled[n]!.fragment}\`\n`)
  return `// Made by \`npm run email:build\` of the MJML layouts beside it.

export const columnWidths = \`${[...widths].join(" ")}\`

${fragments.join("\n")}`
}

if (process.argv[1]?.endsWith("compile-email-layouts.ts")) writeFileSync(emailLayoutsPath, await compileEmailLayouts())
