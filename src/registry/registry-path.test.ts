import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { namesValue, registryPath, targetOf4657, targetOfObject, upperCase } from './index.ts'

const sid = 'S-1-5-21-968647429-258479840-2507984072-1002'
const text = (told: string, user_sid?: string) => registryPath(told, { user_sid }).text

describe('a registry path', () => {
  const machine = 'HKLM\\SOFTWARE\\Microsoft\\Cryptography'

  it.each([
    'HKLM\\SOFTWARE\\Microsoft\\Cryptography',
    'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography',
    '\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\Cryptography',
    '\\Registry\\Machine\\SOFTWARE\\Microsoft\\Cryptography\\',
    'hklm:\\SOFTWARE\\Microsoft\\Cryptography',
    'HKLM:/SOFTWARE/Microsoft/Cryptography',
    'Registry::HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography',
    'Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography',
    'Computer\\HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography',
    'Arbeitsplatz\\HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography',
    'MACHINE\\SOFTWARE\\Microsoft\\Cryptography',
    'HKLM\\\\SOFTWARE\\\\Microsoft\\\\Cryptography',
    'HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\Cryptography',
    '\\\\WS-1042\\HKLM\\SOFTWARE\\Microsoft\\Cryptography',
  ])('is one path, told as %s', told => {
    expect(text(told)).toBe(machine)
  })

  it.each([
    ['HKCR\\CLSID\\{1}', 'HKLM\\SOFTWARE\\Classes\\CLSID\\{1}'],
    ['HKLM\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{1}', 'HKLM\\SOFTWARE\\Classes\\CLSID\\{1}'],
    ['HKLM\\SOFTWARE\\WOW6432Node\\Classes\\CLSID\\{1}', 'HKLM\\SOFTWARE\\Classes\\CLSID\\{1}'],
    [`HKU\\${sid}_Classes\\CLSID`, `HKU\\${sid}\\Software\\Classes\\CLSID`],
    [`\\REGISTRY\\USER\\${sid}_CLASSES\\Wow6432Node\\CLSID`, `HKU\\${sid}\\Software\\Classes\\CLSID`],
    ['HKU\\S-1-5-18\\Software', 'HKU\\.DEFAULT\\Software'],
    ['HKEY_CURRENT_CONFIG\\Software', 'HKLM\\SYSTEM\\CurrentControlSet\\Hardware Profiles\\Current\\Software'],
    ['HKLM\\System\\ControlSet001\\Control\\CI', 'HKLM\\System\\CurrentControlSet\\Control\\CI'],
    ['HKLM\\SOFTWARE\\WOW6432Node\\WOW6432Node\\x', 'HKLM\\SOFTWARE\\x'],
    [
      '\\REGISTRY\\A\\{562d5938-b3df-47e2-8870-ff9ce1e13d9a}\\Root',
      '\\REGISTRY\\A\\{562d5938-b3df-47e2-8870-ff9ce1e13d9a}\\Root',
    ],
    ['HKLM', 'HKLM'],
  ])('%s is %s', (told, expected) => {
    expect(text(told)).toBe(expected)
  })

  it.each([
    'HKLM\\SYSTEM\\ControlSet001x\\Control',
    'HKLM\\SOFTWARE\\Vendor\\WOW6432Node\\x',
    'HKLM\\SOFTWARE\\Vendor\\ControlSet001',
    'HKU\\_Classes\\x',
    'HKLM\\BCD00000000\\Objects',
  ])('%s stays as it is', told => {
    expect(registryPath(told)).toMatchObject({ text: told, view: 'native', control_set: undefined, notes: [] })
  })

  it('tells what it left out of the text', () => {
    expect(registryPath('HKLM\\SYSTEM\\ControlSet002\\Services')).toMatchObject({ control_set: 2, view: 'native' })
    expect(registryPath('HKLM\\SOFTWARE\\WOW6432Node\\x')).toMatchObject({ view: 'x86', key: 'SOFTWARE\\x' })
    expect(registryPath(`HKU\\${sid}\\Software`)).toMatchObject({ root: 'HKU', user_sid: sid })
    expect(registryPath('HKU\\.DEFAULT\\Software')).toMatchObject({ user_sid: 'S-1-5-18' })
    expect(registryPath('HKU\\offline\\Software')).toMatchObject({ user_sid: undefined })
    expect(registryPath('HKCR\\x')).toMatchObject({ notes: ['classes_merged'] })
    expect(registryPath('\\\\WS-1042\\HKLM\\x')).toMatchObject({ computer: 'WS-1042' })
    expect(registryPath('nowhere')).toMatchObject({ root: 'other', notes: ['unknown_root'] })
  })

  it('of the current user is that of the user of the event, where there is one', () => {
    expect(text('HKCU\\Software\\x', sid)).toBe(`HKU\\${sid}\\Software\\x`)
    expect(text('HKEY_CURRENT_USER\\Software\\Classes\\x', sid)).toBe(text(`HKU\\${sid}_Classes\\x`))
    expect(text('HKCU:\\Software\\x', 'S-1-5-18')).toBe('HKU\\.DEFAULT\\Software\\x')
    expect(registryPath('HKCU\\Software\\x')).toMatchObject({ root: 'HKCU', notes: ['user_unknown'] })
    expect(registryPath('HKCU\\x', { user_sid: 'CORP\\anna' })).toMatchObject({ root: 'HKCU', user_sid: undefined })
  })

  it('keeps its case, and is compared without it', () => {
    expect(registryPath('hklm\\Software\\Größe').text).toBe('HKLM\\Software\\Größe')
    expect(registryPath('hklm\\Software\\größe').comparison).toBe('HKLM\\SOFTWARE\\GRÖßE')
    expect(upperCase('Mıcroſoft K')).toBe('MıCROſOFT K')
  })

  it('of any length is no longer than Windows can hold', () => {
    const path = registryPath(`HKLM\\${'x\\'.repeat(1_000_000)}`)
    expect(path.notes).toEqual(['too_long'])
    expect(path.text.length).toBeLessThan(33_000)
  })

  const names = fc.constantFrom(
    ...[
      'HKLM',
      'HKEY_LOCAL_MACHINE',
      'HKU',
      'HKCU:',
      'HKCR',
      'HKCC',
      'REGISTRY',
      'MACHINE',
      'USER',
      'USERS',
      'A',
      'Computer',
    ],
    ...[
      'SOFTWARE',
      'Classes',
      'WOW6432Node',
      'SYSTEM',
      'ControlSet001',
      'CurrentControlSet',
      'x',
      '',
      ' ',
      '/',
      '.DEFAULT',
    ],
    ...[
      sid,
      `${sid}_Classes`,
      'S-1-5-18',
      'S-1-5-18_Classes',
      '_Classes_Classes',
      '.DEFAULT_Classes',
      'Registry::HKCU',
      'Registry::',
    ],
  )
  const told = fc.oneof(
    fc.array(names, { maxLength: 8 }).map(parts => parts.join('\\')),
    fc.array(names, { maxLength: 8 }).map(parts => `\\${parts.join('\\')}`),
    fc.array(names, { maxLength: 4 }).map(parts => `\\\\${parts.join('/')}`),
    fc.string({ unit: 'binary' }),
  )

  it('that was made once is not changed by making it again', () => {
    fc.assert(
      fc.property(told, fc.option(fc.constantFrom(sid, 'S-1-5-18', 'x'), { nil: undefined }), (path, user_sid) => {
        const once = registryPath(path, { user_sid })
        const again = registryPath(once.text, { user_sid })
        expect(again.text).toBe(once.text)
        expect(again.comparison).toBe(once.comparison)
        expect(registryPath(upperCase(path), { user_sid }).comparison).toBe(once.comparison)
      }),
      { numRuns: 3000, seed: 20261122 },
    )
  })
})

describe('the target of an event', () => {
  const value = (target: string, user_sid?: string) => {
    const { path, value_name, is_split_guessed } = targetOfObject(target, { has_value: true, user_sid })
    return [path.text, value_name, is_split_guessed]
  }

  it('is the same for Sysmon and for event 4657', () => {
    const sysmon = targetOfObject('HKLM\\System\\CurrentControlSet\\Services\\EventLog\\Start', { has_value: true })
    const security = targetOf4657('\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\EventLog', 'Start')
    expect([security.path.comparison, security.value_comparison]).toEqual([
      sysmon.path.comparison,
      sysmon.value_comparison,
    ])
    expect([security.path.control_set, sysmon.path.control_set]).toEqual([1, undefined])
  })

  it('is the key alone where Sysmon says so', () => {
    expect(['SetValue', 'DeleteValue', 'RenameValue', 'CreateKey', 'DeleteKey', 'RenameKey'].map(namesValue)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ])
    expect(targetOfObject('HKLM\\SOFTWARE\\a\\b', { has_value: false })).toMatchObject({
      path: { text: 'HKLM\\SOFTWARE\\a\\b' },
      value_name: undefined,
    })
  })

  it.each([
    ['HKLM\\SOFTWARE\\a\\Dll', ['HKLM\\SOFTWARE\\a', 'Dll', false]],
    ['HKLM\\SOFTWARE\\a\\(Default)', ['HKLM\\SOFTWARE\\a', '', false]],
    ['HKLM\\SOFTWARE\\a\\', ['HKLM\\SOFTWARE\\a', '', false]],
    ['HKLM\\x\\Store\\C:\\Users\\a\\b.exe', ['HKLM\\x\\Store', 'C:\\Users\\a\\b.exe', true]],
    [
      'HKLM\\x\\bam\\S-1-5-18\\\\Device\\HarddiskVolume2\\a.exe',
      ['HKLM\\x\\bam\\S-1-5-18', '\\Device\\HarddiskVolume2\\a.exe', true],
    ],
    ['HKLM\\x\\SharedDLLs\\%windir%\\a.dll', ['HKLM\\x\\SharedDLLs', '%windir%\\a.dll', true]],
    ['HKLM\\x\\MuiCache\\@%SystemRoot%\\a.dll,-1', ['HKLM\\x\\MuiCache', '@%SystemRoot%\\a.dll,-1', true]],
    ['\\REGISTRY\\A\\{1}\\Root\\v', ['\\REGISTRY\\A\\{1}\\Root', 'v', false]],
  ])('%s is split where its value begins', (target, expected) => {
    expect(value(target)).toEqual(expected)
  })

  it('without a separator is no value', () => {
    expect(value('HKLM')).toEqual(['HKLM', undefined, false])
    expect(value('')).toEqual(['', undefined, false])
  })

  it('of event 4657 may have separators in the name of its value without any guess', () => {
    const target = targetOf4657('\\REGISTRY\\MACHINE\\x', 'C:\\a\\b')
    expect([target.path.text, target.value_name, target.is_split_guessed]).toEqual(['HKLM\\x', 'C:\\a\\b', false])
  })
})
