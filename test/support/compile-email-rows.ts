import { readFileSync, writeFileSync } from "node:fs"
import mjml from "mjml"

export const emailRowsPath = "src/render/email-rows.ts"

/** A layout as a fragment of a mail: what MJML puts in the body, without the white space that would part columns. */
async function compile(path: string): Promise<{ style: string; fragment: string }> {
  const { html, errors } = await mjml(readFileSync(path, "utf8"), { validationLevel: "strict" })
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join("\n"))
  const within = (pattern: RegExp) => tight(pattern.exec(html)![1]!)
  return {
    style: within(/<style type="text\/css">(\s*@media only screen and \(min-width:480px\)[\s\S]*?)<\/style>/),
    fragment: within(/<div\s+aria-roledescription[^>]*>([\s\S]*)<\/div>\s*<\/body>/),
  }
}

const tight = (html: string) => html.replaceAll(/\s+/g, " ").replaceAll(/>\s+</g, "><").replaceAll(/\s+>/g, ">").trim()

/** The source of the module that holds the compiled layouts. */
export async function compileEmailRows(): Promise<string> {
  const plain = await compile("src/render/email-row.mjml")
  const withPicture = await compile("src/render/email-row-with-picture.mjml")
  return `// Made by \`npm run email:build\` of the MJML layouts beside it.

export const rowStyle = \`${plain.style} ${withPicture.style}\`

export const plainRow = \`${plain.fragment}\`

export const rowWithPicture = \`${withPicture.fragment}\`
`
}

if (process.argv[1]?.endsWith("compile-email-rows.ts")) writeFileSync(emailRowsPath, await compileEmailRows())
