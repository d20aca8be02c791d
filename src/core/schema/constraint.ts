/** What the JSON schema of a field cannot say, in words: a value that fits the schema may be refused for this. For `.meta`. */
export const constraint = (sentence: string) => ({ "x-constraint": sentence })
