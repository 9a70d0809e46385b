import { longestPath } from './bounds.ts'
import { upperCase } from './upper-case.ts'

/** Where a file is, whoever tells it: a driver's path, a path with variables, the bare name of a library. */
export type FilePath = {
  /**
   * `absolute`: with a drive. `unc`: on another computer. `device`: on a volume whose drive is not known. `search_order`: a bare
   * name, which Windows looks for in several folders (never taken for System32). `relative`: to a folder nobody names.
   */
  readonly kind: 'absolute' | 'unc' | 'device' | 'search_order' | 'relative'
  /** In the case in which it was told. The same text again gives the same text. */
  readonly text: string
  /** As Windows compares it: in upper case, unit by unit. */
  readonly comparison: string
  readonly notes: readonly FilePathNote[]
}

export type FilePathNote =
  /** A variable, or `\SystemRoot`, was replaced by what it is on nearly every machine, not by what this one said. */
  | 'assumed_environment'
  /** A variable of a user or a program, which only they know; it stands as told. */
  | 'unknown_variable'
  /** `.` or `..` were worked out. */
  | 'dots'
  /** A part like `PROGRA~1`: another name of the same file. */
  | 'short_name'
  | 'too_long'

export type FilePathOptions = {
  /** Variables of the machine by name, `SystemRoot`, in any case. Default those of a usual Windows. */
  readonly environment?: Readonly<Record<string, string>>
  /** Drives by volume, `HarddiskVolume3` → `C:`, in any case. Default none. */
  readonly volumes?: Readonly<Record<string, string>>
}

/** What variables are unless a machine says otherwise. */
const usual: Readonly<Record<string, string>> = {
  SYSTEMDRIVE: 'C:',
  SYSTEMROOT: 'C:\\Windows',
  WINDIR: 'C:\\Windows',
  PROGRAMFILES: 'C:\\Program Files',
  'PROGRAMFILES(X86)': 'C:\\Program Files (x86)',
  PROGRAMW6432: 'C:\\Program Files',
  COMMONPROGRAMFILES: 'C:\\Program Files\\Common Files',
  'COMMONPROGRAMFILES(X86)': 'C:\\Program Files (x86)\\Common Files',
  COMMONPROGRAMW6432: 'C:\\Program Files\\Common Files',
  PROGRAMDATA: 'C:\\ProgramData',
  ALLUSERSPROFILE: 'C:\\ProgramData',
  PUBLIC: 'C:\\Users\\Public',
}

export function filePath(told: string, { environment = {}, volumes = {} }: FilePathOptions = {}): FilePath {
  const notes = new Set<FilePathNote>()
  if (told.length > longestPath) notes.add('too_long')
  const machine: Machine = { environment: upperKeys(environment), volumes: upperKeys(volumes), notes }
  let text = told.slice(0, longestPath)
  // What comes out may be told in one of these ways itself. Twice is the most that was seen.
  for (let round = 0; round < mostRounds; round += 1) {
    const next = once(text, machine)
    if (next === text) break
    text = next
  }
  if (/(?:^|\\)[^\\~]{1,8}~\d{1,6}(?:\.[^\\.]{0,3})?(?:\\|$)/.test(text)) notes.add('short_name')
  return { kind: kindOf(text), text, comparison: upperCase(text), notes: [...notes] }
}

const mostRounds = 8

type Machine = {
  readonly environment: ReadonlyMap<string, string>
  readonly volumes: ReadonlyMap<string, string>
  readonly notes: Set<FilePathNote>
}

function once(text: string, machine: Machine): string {
  const local = withoutNamespace(expand(unquoted(text), machine), machine)
  return withoutDots(local.replaceAll('/', '\\'), machine.notes).slice(0, longestPath)
}

function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.indexOf('"', 1) === text.length - 1 ? text.slice(1, -1) : text
}

/** Replaces the variables of the machine. A value cannot name another one, so nothing unfolds. */
function expand(text: string, { environment, notes }: Machine): string {
  let budget = longestPath
  return text.replace(/%([^%\\/:]{1,64})%/g, (whole, name: string) => {
    const own = environment.get(name.toUpperCase())
    const value = own ?? (Object.hasOwn(usual, name.toUpperCase()) ? usual[name.toUpperCase()] : undefined)
    if (value === undefined || value.includes('%') || budget < value.length) {
      notes.add('unknown_variable')
      return whole
    }
    budget -= value.length
    if (own === undefined) notes.add('assumed_environment')
    return value
  })
}

/** Takes off what the kernel and some interfaces put before a path. */
function withoutNamespace(text: string, { environment, volumes, notes }: Machine): string {
  let rest = text
  for (;;) {
    const prefix = /^(?:\\\?\?\\|[\\/]{2}[?.][\\/])(?:GLOBALROOT(?=\\))?/i.exec(rest)?.[0]
    if (prefix === undefined) break
    rest = rest.slice(prefix.length)
    if (/^UNC\\/i.test(rest)) return `\\\\${rest.slice(4)}`
  }
  const root = /^\\?SystemRoot(?=\\|$)/i.exec(rest)?.[0]
  if (root?.startsWith('\\')) {
    const own = environment.get('SYSTEMROOT')
    if (own === undefined) notes.add('assumed_environment')
    return `${own ?? usual.SYSTEMROOT}${rest.slice(root.length)}`
  }
  const share = /^\\Device\\(?:Mup|LanmanRedirector)\\(?=[^\\;])/i.exec(rest)?.[0]
  if (share !== undefined) return `\\\\${rest.slice(share.length)}`
  const [device, volume] = /^\\Device\\([^\\]{1,64})(?=\\|$)/i.exec(rest) ?? []
  const drive = volume === undefined ? undefined : volumes.get(volume.toUpperCase())
  return device === undefined || drive === undefined ? rest : `${drive}${rest.slice(device.length)}`
}

/** Works out `.` and `..` as Windows does before it opens a file, and leaves out doubled separators. */
function withoutDots(text: string, notes: Set<FilePathNote>): string {
  const head = /^(?:[A-Za-z]:\\|[A-Za-z]:|\\\\[^\\]+\\[^\\]+|\\\\|\\)/.exec(text)?.[0] ?? ''
  const names: string[] = []
  for (const name of text.slice(head.length).split('\\')) {
    if (name === '.' || (name === '..' && head !== '')) notes.add('dots')
    if (name === '' || name === '.') continue
    if (name === '..' && (head !== '' || (names.length > 0 && names.at(-1) !== '..'))) {
      notes.add('dots')
      names.pop()
    } else names.push(name)
  }
  const separator = names.length > 0 && head !== '' && !head.endsWith('\\') && !/^[A-Za-z]:$/.test(head) ? '\\' : ''
  return `${head}${separator}${names.join('\\')}`
}

function kindOf(text: string): FilePath['kind'] {
  if (/^[A-Za-z]:\\/.test(text)) return 'absolute'
  if (text.startsWith('\\\\')) return 'unc'
  if (/^\\Device\\/i.test(text)) return 'device'
  return /[\\:%]/.test(text) || text === '' ? 'relative' : 'search_order'
}

function upperKeys(record: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(record).map(([key, value]) => [key.toUpperCase(), value]))
}
