/** Types of prepare.mjs, which stays plain JavaScript because it runs before anything is installed. */
type Common = { readonly root?: string; readonly say?: (line: string) => void }
export type InstallOptions = Common & { readonly install?: (root: string) => void }
export type BuildOptions = Common & { readonly compile?: (root: string, outDir: string) => void }

export const checkout: string
export function orExit<T>(work: () => T): T
export function requireNode(root?: string, version?: string): void
export function ensureInstalled(options?: InstallOptions): boolean
export function ensureBuilt(options?: BuildOptions): boolean
