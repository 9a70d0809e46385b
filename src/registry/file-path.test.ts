import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filePath } from './index.ts'

const volumes = { HarddiskVolume3: 'C:' }

describe('a file path', () => {
  it.each([
    'C:\\Windows\\System32\\wintrust.dll',
    '\\??\\C:\\Windows\\System32\\wintrust.dll',
    '\\\\?\\C:\\Windows\\System32\\wintrust.dll',
    '\\\\.\\C:\\Windows\\System32\\wintrust.dll',
    '\\SystemRoot\\System32\\wintrust.dll',
    '%SystemRoot%\\System32\\wintrust.dll',
    '%windir%\\System32\\wintrust.dll',
    '%SYSTEMDRIVE%\\Windows\\System32\\wintrust.dll',
    '\\Device\\HarddiskVolume3\\Windows\\System32\\wintrust.dll',
    '\\\\?\\GLOBALROOT\\Device\\HarddiskVolume3\\Windows\\System32\\wintrust.dll',
    '"C:\\Windows\\System32\\wintrust.dll"',
    'C:/Windows/System32/wintrust.dll',
    'C:\\Windows\\Temp\\..\\.\\System32\\\\wintrust.dll',
  ])('is one path, told as %s', told => {
    expect(filePath(told, { volumes })).toMatchObject({
      kind: 'absolute',
      text: 'C:\\Windows\\System32\\wintrust.dll',
      comparison: 'C:\\WINDOWS\\SYSTEM32\\WINTRUST.DLL',
    })
  })

  it.each([
    ['WINTRUST.DLL', 'search_order', 'WINTRUST.DLL', []],
    ['%ProgramFiles(x86)%\\a\\b.dll', 'absolute', 'C:\\Program Files (x86)\\a\\b.dll', ['assumed_environment']],
    ['%APPDATA%\\b.dll', 'relative', '%APPDATA%\\b.dll', ['unknown_variable']],
    ['\\\\10.20.7.31\\share\\sip.dll', 'unc', '\\\\10.20.7.31\\share\\sip.dll', []],
    ['\\\\?\\UNC\\10.20.7.31\\share\\sip.dll', 'unc', '\\\\10.20.7.31\\share\\sip.dll', []],
    ['\\Device\\Mup\\host\\share\\x.dll', 'unc', '\\\\host\\share\\x.dll', []],
    ['\\Device\\HarddiskVolume9\\x.dll', 'device', '\\Device\\HarddiskVolume9\\x.dll', []],
    ['system32\\drivers\\x.sys', 'relative', 'system32\\drivers\\x.sys', []],
    ['C:\\PROGRA~1\\x.dll', 'absolute', 'C:\\PROGRA~1\\x.dll', ['short_name']],
    ['C:\\..\\..\\x.dll', 'absolute', 'C:\\x.dll', ['dots']],
    ['\\\\host\\share\\..\\..\\x.dll', 'unc', '\\\\host\\share\\x.dll', ['dots']],
    ['', 'relative', '', []],
  ])('%s is %s: %s', (told, kind, text, notes) => {
    expect(filePath(told, { volumes })).toMatchObject({ kind, text, notes })
  })

  it('takes the environment of the machine before the usual one', () => {
    const environment = { systemroot: 'D:\\WinNT' }
    expect(filePath('%SystemRoot%\\x.dll', { environment })).toMatchObject({ text: 'D:\\WinNT\\x.dll', notes: [] })
    expect(filePath('\\SystemRoot\\x.dll', { environment })).toMatchObject({ text: 'D:\\WinNT\\x.dll', notes: [] })
  })

  it('does not let variables unfold', () => {
    const environment = { a: '%b%%b%', b: 'x'.repeat(30_000) }
    expect(filePath('%a%', { environment }).text).toBe('%a%')
    expect(filePath('%b%'.repeat(10_000), { environment }).text.length).toBeLessThan(33_000)
  })

  const parts = fc.constantFrom(
    ...['C:', 'c:', '\\', '\\\\', '/', '?', '??', '.', '..', 'UNC', 'Device', 'Mup', 'HarddiskVolume3', 'GLOBALROOT'],
    ...[
      'SystemRoot',
      '%SystemRoot%',
      '%x%',
      '%',
      '"',
      ' ',
      'a',
      'PROGRA~1',
      '\\??\\',
      '\\\\?\\',
      '\\\\.\\',
      '\\Device\\',
    ],
  )

  it('that was made once is not changed by making it again', () => {
    const told = fc.oneof(
      fc.array(parts, { maxLength: 9 }).map(list => list.join('')),
      fc.array(parts, { maxLength: 7 }).map(list => list.join('\\')),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(told, path => {
        const once = filePath(path, { volumes })
        const again = filePath(once.text, { volumes })
        expect([again.text, again.kind]).toEqual([once.text, once.kind])
      }),
      { numRuns: 5000, seed: 20261122 },
    )
  })
})
