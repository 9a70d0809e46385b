import { longestPath } from './bounds.ts'
import { upperCase } from './upper-case.ts'

/**
 * Where a registry key is, whoever tells it: one text for one key. Windows knows more than one way to most keys, and programs
 * know more.
 */
export type RegistryPath = {
  /** `HKCU` when nobody said whose; `other` for hives of programs (`\REGISTRY\A\…`), containers, and what is no root at all. */
  readonly root: 'HKLM' | 'HKU' | 'HKCU' | 'other'
  /** Below the root, in the case in which it was told. */
  readonly key: string
  /** `HKLM\SOFTWARE\Microsoft\…`: root and key. The same text again gives the same text. */
  readonly text: string
  /** The text as Windows compares it: in upper case, unit by unit. */
  readonly comparison: string
  /** `x86`: told below WOW6432Node, where 32-bit programs are led. `text` does not have it. */
  readonly view: 'native' | 'x86'
  /** Told as ControlSet00n: its number. `text` has CurrentControlSet, although it need not be that one. */
  readonly control_set: number | undefined
  /** Whose hive it is in; `S-1-5-18` for `.DEFAULT`, which is that of LocalSystem. */
  readonly user_sid: string | undefined
  /** Another computer whose registry was told, `\\HOST\HKLM\…`. */
  readonly computer: string | undefined
  readonly notes: readonly PathNote[]
}

export type PathNote =
  /** HKEY_CLASSES_ROOT is the machine's classes under those of a user. It is taken for the machine's, as Sysmon means it. */
  | 'classes_merged'
  /** HKEY_CURRENT_USER, and nobody said which. */
  | 'user_unknown'
  /** Cut off at the length that Windows can hold. */
  | 'too_long'
  | 'unknown_root'

export type PathOptions = {
  /** Of the user who did what is told: HKEY_CURRENT_USER is theirs. Default unknown. */
  readonly user_sid?: string | undefined
}

/** Roots by every name they have; `:` of PowerShell's drives is taken off before. */
const roots: ReadonlyMap<string, 'HKLM' | 'HKU' | 'HKCU' | 'HKCR' | 'HKCC'> = new Map([
  ...(['HKLM', 'HKEY_LOCAL_MACHINE', 'MACHINE'] as const).map(name => [name, 'HKLM'] as const),
  ...(['HKU', 'HKEY_USERS', 'USERS'] as const).map(name => [name, 'HKU'] as const),
  ...(['HKCU', 'HKEY_CURRENT_USER', 'CURRENT_USER'] as const).map(name => [name, 'HKCU'] as const),
  ...(['HKCR', 'HKEY_CLASSES_ROOT', 'CLASSES_ROOT'] as const).map(name => [name, 'HKCR'] as const),
  ...(['HKCC', 'HKEY_CURRENT_CONFIG', 'CURRENT_CONFIG'] as const).map(name => [name, 'HKCC'] as const),
])

export function registryPath(told: string, { user_sid }: PathOptions = {}): RegistryPath {
  const notes: PathNote[] = []
  if (told.length > longestPath) notes.push('too_long')
  const { names, computer } = namesOf(told.slice(0, longestPath))
  const root = rootOf(names)
  if (root === undefined) {
    notes.push('unknown_root')
    return finished('other', names, { notes, computer })
  }
  const [, ...below] = names
  if (root === 'REGISTRY') return finished('other', names, { notes, computer })
  if (root === 'HKCR') {
    notes.push('classes_merged')
    return machinePath(['SOFTWARE', 'Classes', ...below], notes, computer)
  }
  if (root === 'HKCC')
    return machinePath(['SYSTEM', 'CurrentControlSet', 'Hardware Profiles', 'Current', ...below], notes, computer)
  if (root === 'HKLM') return machinePath(below, notes, computer)
  if (root === 'HKU') return userPath(below, notes, computer)
  if (user_sid !== undefined && isSid(user_sid)) return userPath([user_sid, ...below], notes, computer)
  notes.push('user_unknown')
  const view = takeView(below, 0)
  return finished('HKCU', below, { notes, computer, view })
}

/** The names of a path, the root first, with what stands before the root taken off. */
function namesOf(told: string): { names: string[]; computer: string | undefined } {
  const names = withoutProvider(told.split('\\').filter(name => name !== ''))
  const [first = '', second = ''] = names
  // \REGISTRY\MACHINE, and \REGISTRY\USER, are how the kernel calls two of the roots.
  if (upperCase(first) === 'REGISTRY') {
    const kernel = upperCase(second)
    if (kernel === 'MACHINE') return { names: ['HKLM', ...names.slice(2)], computer: undefined }
    if (kernel === 'USER') return { names: ['HKU', ...names.slice(2)], computer: undefined }
    return { names, computer: undefined }
  }
  if (aliasOf(first) !== undefined || aliasOf(second) === undefined) return { names, computer: undefined }
  if (told.startsWith('\\\\')) return { names: names.slice(1), computer: first }
  // Regedit's own path, `Computer\HKEY_…`, in whatever language.
  return { names: /^HKEY_/i.test(second) ? names.slice(1) : names, computer: undefined }
}

/** Takes off what PowerShell puts before a path, and its slashes: `Microsoft.PowerShell.Core\Registry::HKLM:/SOFTWARE`. */
function withoutProvider(told: readonly string[]): string[] {
  let names = [...told]
  for (;;) {
    const [first = '', second = ''] = names
    if (/^Microsoft\.PowerShell\.Core$/i.test(first) && /^Registry::/i.test(second)) names.shift()
    else if (/^Registry::/i.test(first)) names.splice(0, 1, ...[first.slice('Registry::'.length)].filter(Boolean))
    else if (/^[A-Z_]{3,20}:\//i.test(first)) names = names.flatMap(name => name.split('/')).filter(Boolean)
    else return names
  }
}

function aliasOf(name: string): 'HKLM' | 'HKU' | 'HKCU' | 'HKCR' | 'HKCC' | undefined {
  return roots.get(upperCase(name.endsWith(':') ? name.slice(0, -1) : name))
}

function rootOf([first = '']: readonly string[]): 'HKLM' | 'HKU' | 'HKCU' | 'HKCR' | 'HKCC' | 'REGISTRY' | undefined {
  return upperCase(first) === 'REGISTRY' ? 'REGISTRY' : aliasOf(first)
}

function machinePath(names: string[], notes: readonly PathNote[], computer: string | undefined): RegistryPath {
  const [hive = '', set = ''] = names
  const control_set = upperCase(hive) === 'SYSTEM' ? /^ControlSet(\d{3})$/i.exec(set)?.[1] : undefined
  if (control_set !== undefined) names[1] = 'CurrentControlSet'
  const view = takeView(names, 0)
  return finished('HKLM', names, {
    notes,
    computer,
    view,
    ...(control_set === undefined ? {} : { control_set: Number(control_set) }),
  })
}

function userPath(names: string[], notes: readonly PathNote[], computer: string | undefined): RegistryPath {
  const [first = ''] = names
  // The classes of a user are a hive of their own, mounted beside the user's and linked into it.
  const owned = /_Classes$/i.test(first) ? first.slice(0, -'_Classes'.length) : first
  const isClasses = owned !== first && (isSid(owned) || upperCase(owned) === '.DEFAULT')
  const user = isClasses ? owned : first
  const isSystem = upperCase(user) === '.DEFAULT' || upperCase(user) === 'S-1-5-18'
  const owner = isSystem ? '.DEFAULT' : isSid(user) ? user.toUpperCase() : user
  if (names.length > 0) names.splice(0, 1, owner, ...(isClasses ? ['Software', 'Classes'] : []))
  const view = takeView(names, 1)
  const user_sid = isSystem ? 'S-1-5-18' : isSid(user) ? user.toUpperCase() : undefined
  return finished('HKU', names, { notes, computer, view, user_sid })
}

/** Takes WOW6432Node out where Windows leads 32-bit programs to: below SOFTWARE, and below its classes. */
function takeView(names: string[], at: number): 'native' | 'x86' {
  let view: 'native' | 'x86' = 'native'
  if (upperCase(names[at] ?? '') !== 'SOFTWARE') return view
  const take = (place: number) => {
    while (upperCase(names[place] ?? '') === 'WOW6432NODE') {
      names.splice(place, 1)
      view = 'x86'
    }
  }
  take(at + 1)
  if (upperCase(names[at + 1] ?? '') === 'CLASSES') take(at + 2)
  return view
}

function isSid(text: string): boolean {
  return text.length < 200 && /^S-1-\d+(?:-\d+)*$/i.test(text)
}

type Rest = Partial<Pick<RegistryPath, 'view' | 'control_set' | 'user_sid' | 'computer'>> & {
  notes: readonly PathNote[]
}

function finished(root: RegistryPath['root'], names: readonly string[], rest: Rest): RegistryPath {
  const key = names.join('\\')
  const isKernel = root === 'other' && upperCase(names[0] ?? '') === 'REGISTRY'
  const text = root === 'other' ? `${isKernel ? '\\' : ''}${key}` : key === '' ? root : `${root}\\${key}`
  const { view = 'native', control_set, user_sid, computer, notes } = rest
  return { root, key, text, comparison: upperCase(text), view, control_set, user_sid, computer, notes }
}
