import { isHive } from '../registry/index.ts'

/** What lies beside a hive, told by names: of files, or of members of one archive. Names are compared as Windows does. */

/** Old logs are of type 1 or 2, those since Windows 8.1 of type 6; a hive is of type 0. */
export function isTransactionLog(head: Uint8Array): boolean {
  const type = head.length < 32 ? 0 : (head[28] ?? 0)
  return isHive(head) && (type === 1 || type === 2 || type === 6)
}

/** Up to the last separator, which is left out. */
export function folderOf(label: string): string {
  return label.slice(0, Math.max(0, endOfFolder(label)))
}

function endOfFolder(label: string): number {
  return Math.max(label.lastIndexOf('\\'), label.lastIndexOf('/'), label.lastIndexOf('!'))
}

/** `SOFTWARE.LOG1` of `SOFTWARE`; Windows writes `ntuser.dat.LOG1` beside `NTUSER.DAT`. */
export function isLogOf(log: string, hive: string): boolean {
  return hiveOfLog(log) === comparedName(hive)
}

/** The hive that a log lies beside, in the form in which names are compared; undefined when it has no name of a log. */
export function hiveOfLog(log: string): string | undefined {
  const name = comparedName(log)
  const own = name.replace(/\.log[12]?$/, '')
  return own === name ? undefined : own
}

/** The folder as it is, and the name in lower case. */
export function comparedName(label: string): string {
  const end = endOfFolder(label) + 1
  return label.slice(0, end) + label.slice(end).toLowerCase()
}

/** Where the SYSTEM hive of the same Windows lies, of the hives of its users. Undefined for others. */
export function systemFolderOf(label: string): string | undefined {
  const [, windows] =
    /^(.*[\\/!])(?:Users|Documents and Settings)[\\/][^\\/]+[\\/](?:.*[\\/])?[^\\/]+$/i.exec(label) ?? []
  if (windows === undefined) return undefined
  const separator = windows.endsWith('\\') ? '\\' : '/'
  return `${windows}${['Windows', 'System32', 'config'].join(separator)}`
}
