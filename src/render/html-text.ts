const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

const characters = Object.fromEntries(Object.entries(escapes).map(([character, escaped]) => [escaped, character]))

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character]!)

export const unescapeHtml = (html: string): string =>
  html.replace(/&(?:amp|lt|gt|quot|#39);/g, (escaped) => characters[escaped]!)

/** Returns the text of a piece of HTML: a line for each paragraph and line break, without tags. */
export const plainText = (html: string): string =>
  unescapeHtml(html.replace(/<(?:br|\/p|\/div|\/li|\/h\d)\b[^>]*>/gi, "\n").replace(/<[^>]*>/g, ""))
    .replace(/&nbsp;|\u00a0/g, " ")
    .replace(/[ \t]+/g, " ")
    .replace(/ ?\n[ \n]*/g, "\n")
    .trim()
