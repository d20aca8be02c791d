/** A byte address in a kernel's memory. */
export type Address = number

export const pageBytes = 65_536
const maximumPages = 65_536
export const maximumBytes = maximumPages * pageBytes

/** A growable memory of one page at first and 4 GiB at most; the garbage collector counts it, so dropping it frees it soon. */
export const createMemory = (): WebAssembly.Memory => new WebAssembly.Memory({ initial: 1, maximum: maximumPages })

/** The same, to be shared by threads; the garbage collector does not count it, so only the end of its last thread frees it surely. */
export const createSharedMemory = (): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: 1, maximum: maximumPages, shared: true })
