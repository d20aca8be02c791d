/** Returns, for `.meta`, a constraint in words that a JSON schema cannot state: a value that fits the schema may be refused for it. */
export const constraint = (sentence: string) => ({ "x-constraint": sentence })
