declare const console: { error(message: string): void }
