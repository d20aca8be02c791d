/**
 * Returns a layout with its fields filled in: `{{name}}` is replaced by the field, and what stands between `{{#name}}` and `{{/name}}` is
 * left out where the field is absent. What is filled in is not read again.
 */
export const fillLayout = (layout: string, fields: Readonly<Record<string, string | undefined>>): string =>
  layout.replace(
    /{{#(\w+)}}(.*?){{\/\1}}|{{(\w+)}}/gs,
    (_, section: string | undefined, inner: string, name: string) =>
      section === undefined ? (fields[name] ?? "") : fields[section] === undefined ? "" : fillLayout(inner, fields),
  )
