import { assert } from '../base/index.ts'
import type { WrittenKey, WrittenValue } from '../registry/index.ts'
import { writeHive } from '../registry/index.ts'
import type { Procedure, StandingValue } from './procedure.ts'
import { fileTime, hostOf } from './write-procedure.ts'

export type WrittenFile = { readonly name: string; readonly content: Uint8Array }

/**
 * The hives of a procedure whose changes no event tells: SOFTWARE with what stands in it, and SYSTEM, which says whose it is.
 * None where nothing stands. Each key was last written when the latest of its values was set.
 */
export function hivesOfProcedure(procedure: Procedure, start: number): readonly WrittenFile[] {
  if (procedure.registry.length === 0) return []
  const [name = '', ...domain] = hostOf(procedure).split('.')
  const options = { last_written: fileTime(start) }
  const software = tree(procedure.registry, start)
  const parameters = text('Hostname', name, 'Domain', domain.join('.'))
  const system: WrittenKey = {
    name: 'ROOT',
    subkeys: [
      { name: 'Select', values: [{ name: 'Current', type: 'REG_DWORD', data: 1 }] },
      {
        name: 'ControlSet001',
        subkeys: [
          nested(['Control', 'ComputerName', 'ComputerName'], text('ComputerName', name.toUpperCase())),
          nested(['Services', 'Tcpip', 'Parameters'], parameters),
        ],
      },
    ],
  }
  return [
    {
      name: 'SOFTWARE',
      content: writeHive(software, { ...options, file_name: '\\SystemRoot\\System32\\Config\\SOFTWARE' }),
    },
    { name: 'SYSTEM', content: writeHive(system, { ...options, file_name: 'SYSTEM' }) },
  ]
}

type Branch = { readonly below: Map<string, Branch>; readonly values: WrittenValue[]; written: number }

function tree(values: readonly StandingValue[], start: number): WrittenKey {
  const root: Branch = { below: new Map(), values: [], written: start }
  for (const { at, key, value, data } of values) {
    const [hive, software, ...path] = key.split('\\')
    assert(`${hive}\\${software}`.toUpperCase() === 'HKLM\\SOFTWARE', `${key} is not in the hive SOFTWARE`)
    let branch = root
    for (const name of path) {
      const next = branch.below.get(name) ?? { below: new Map(), values: [], written: start + at * 1000 }
      branch.below.set(name, next)
      branch = next
    }
    branch.values.push({ name: value, type: 'REG_SZ', data })
    branch.written = Math.max(branch.written, start + at * 1000)
  }
  return keyOf('ROOT', root)
}

function keyOf(name: string, { below, values, written }: Branch): WrittenKey {
  const subkeys = [...below].map(([each, branch]) => keyOf(each, branch))
  return { name, values, subkeys, last_written: fileTime(written) }
}

function nested(path: readonly string[], values: readonly WrittenValue[]): WrittenKey {
  const [name = '', ...rest] = path
  return rest.length === 0 ? { name, values } : { name, subkeys: [nested(rest, values)] }
}

function text(...pairs: readonly string[]): readonly WrittenValue[] {
  return pairs.flatMap((name, nth) =>
    nth % 2 === 0 ? [{ name, type: 'REG_SZ' as const, data: pairs[nth + 1] ?? '' }] : [],
  )
}
