import { type PathOptions, type RegistryPath, registryPath } from './registry-path.ts'
import { upperCase } from './upper-case.ts'

/** Which value of which key, or which key. */
export type RegistryTarget = {
  readonly path: RegistryPath
  /** Empty: the default value. Absent: the key itself is meant. */
  readonly value_name: string | undefined
  /** As Windows compares names of values. */
  readonly value_comparison: string | undefined
  /** Key and value were told as one text, and the name of the value has separators: where it begins is guessed. */
  readonly is_split_guessed: boolean
}

export type TargetOptions = PathOptions & {
  /** Whether the text ends with the name of a value; {@link namesValue} tells it from Sysmon's EventType. */
  readonly has_value: boolean
}

/** Whether Sysmon's events 12 to 14 of this EventType are about a value: SetValue, DeleteValue, RenameValue. */
export function namesValue(event_type: string): boolean {
  return event_type.toUpperCase().endsWith('VALUE')
}

/**
 * Sysmon's TargetObject: a key, or a key and the name of a value with a backslash between. Names of values may have backslashes
 * themselves and often are paths (AppCompatFlags, bam, MuiCache, UserAssist); those are found by how paths begin.
 */
export function targetOfObject(target: string, { has_value, user_sid }: TargetOptions): RegistryTarget {
  if (!has_value) return keyTarget(registryPath(target, { user_sid }))
  const text = target.trim()
  const guessed = beginOfPath(text)
  const at = guessed ?? text.lastIndexOf('\\') + 1
  if (at <= 1) return keyTarget(registryPath(target, { user_sid }))
  const name = text.slice(at)
  return valueTarget(registryPath(text.slice(0, at - 1), { user_sid }), name, guessed !== undefined)
}

/** Security event 4657: its ObjectName and ObjectValueName. */
export function targetOf4657(object_name: string, value_name: string, options: PathOptions = {}): RegistryTarget {
  return valueTarget(registryPath(object_name, options), value_name, false)
}

function keyTarget(path: RegistryPath): RegistryTarget {
  return { path, value_name: undefined, value_comparison: undefined, is_split_guessed: false }
}

function valueTarget(path: RegistryPath, told: string, is_split_guessed: boolean): RegistryTarget {
  const value_name = told === '(Default)' ? '' : told
  return { path, value_name, value_comparison: upperCase(value_name), is_split_guessed }
}

/** Behind which separator a path begins that is the name of a value: a drive, a device or share, or a variable. */
function beginOfPath(text: string): number | undefined {
  const root = text.startsWith('\\') ? 1 : text.indexOf('\\') + 1
  for (let at = text.indexOf('\\', root + 1); at !== -1; at = text.indexOf('\\', at + 1)) {
    const isDrive = text[at + 2] === ':' && text[at + 3] === '\\'
    const isVariable = text[at + 1] === '%' || text.startsWith('@%', at + 1)
    if (isDrive || isVariable || text[at + 1] === '\\') return at + 1
  }
  return undefined
}
