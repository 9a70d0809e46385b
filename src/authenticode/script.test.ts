import { describe, expect, it } from 'vitest'
import { guids } from '../../test/authenticode-cms.ts'
import type { ScriptExtension } from '../../test/authenticode-files.ts'
import { codesOf, scriptBlock, signatureOver, signScript, verify } from '../../test/authenticode-files.ts'
import { makeParties } from '../../test/authenticode-parties.ts'
import { rangesOf, readSignatures } from './index.ts'

const parties = makeParties()
const hello = 'Write-Host "Grüße"\r\nexit 0\r\n'

describe('a signed script', () => {
  it.each([
    ['ps1', 'utf8', ''],
    ['ps1', 'utf8', '\ufeff'],
    ['ps1', 'utf16le', '\ufeff'],
    ['ps1', 'latin1', ''],
    ['ps1xml', 'latin1', ''],
    ['mof', 'utf8', ''],
    ['js', 'latin1', ''],
    ['js', 'utf16le', '\ufeff'],
    ['vbs', 'utf8', '\ufeff'],
  ] as const)('of the kind %s in %s with the mark %j is valid', async (extension, encoding, mark) => {
    const signed = await signScript(parties, mark + hello, extension, encoding)
    expect(await verify(signed, parties, { name: `C:\\x.${extension.toUpperCase()}` })).toMatchObject({
      status: 'valid',
    })
    expect(await verify(signed, parties)).toMatchObject({ status: 'valid' })
  })

  it('of the kind wsf has its signature within', async () => {
    const signed = await signScript(parties, '<job><script>x()</script>\r\n</job>\r\n', 'wsf')
    expect(await verify(signed, parties, { name: 'x.wsf' })).toMatchObject({
      status: 'valid',
      doubts: [{ code: 'script-host-digest' }, {}],
    })
  })

  it('that was changed before or behind the block is not', async () => {
    const signed = Buffer.from(await signScript(parties, hello))
    const changed = Buffer.from(signed)
    changed.write('X', 2, 'latin1')
    expect(await verify(changed, parties)).toMatchObject({ status: 'digest-mismatch' })
    const behind = Buffer.concat([signed, Buffer.from('Invoke-Expression $evil\r\n')])
    expect(await verify(behind, parties)).toMatchObject({ status: 'digest-mismatch' })
    expect(codesOf((await readSignatures(rangesOf(behind))).problems)).toEqual(['authenticode/script-after-block'])
  })

  it('is one only for what Windows takes it for', async () => {
    const signed = await signScript(parties, hello, 'ps1')
    expect(await verify(signed, parties, { name: 'x.vbs' })).toMatchObject({ status: 'unsigned' })
    const other = scriptBlock('vbs', signatureOver(new Uint8Array(32), parties, {}, guids.powershell))
    const result = await verify(Buffer.from(hello + other), parties, { name: 'x.vbs' })
    expect(codesOf(result.reasons)).toContain('kind-differs')
  })

  it('without a block is unsigned, and text without a name is nothing that is known', async () => {
    expect(await verify(Buffer.from(hello), parties, { name: 'x.ps1' })).toMatchObject({ status: 'unsigned' })
    expect(await verify(Buffer.from(hello), parties)).toMatchObject({
      status: 'unsupported',
      reasons: [{ code: 'kind-unknown' }],
    })
  })

  it('with a block that never ends, or holds no signature, is not valid', async () => {
    const signed = Buffer.from(await signScript(parties, hello)).toString('utf8')
    const cut = signed.slice(0, signed.indexOf('# SIG # End'))
    expect(await verify(Buffer.from(cut), parties, { name: 'x.ps1' })).toMatchObject({ status: 'unreadable' })
    const empty = `${hello}\r\n# SIG # Begin signature block\r\n# AAAA\r\n# SIG # End signature block\r\n`
    expect(await verify(Buffer.from(empty), parties)).toMatchObject({ status: 'unreadable' })
  })

  it('does not end at words in the middle of a line', async () => {
    const text = 'echo "# SIG # Begin signature block" # SIG # Begin signature block\r\n'
    expect(await verify(await signScript(parties, text), parties)).toMatchObject({ status: 'valid' })
  })

  it.each([
    ['beginnings', '# SIG # Begin signature block\r\n'],
    ['ends', '# SIG # End signature block\r\n'],
    ['words', 'x# SIG # Begin signature block '],
  ])('of many %s takes no longer than its length is worth', async (_, text) => {
    const before = performance.now()
    await verify(Buffer.from(text.repeat(200_000)), parties, { name: 'x.ps1' })
    expect(performance.now() - before).toBeLessThan(3000)
  })

  it('says in which encoding it was signed', async () => {
    const name: ScriptExtension = 'vbs'
    const { layout, digests, other_digests } = await readSignatures(
      rangesOf(await signScript(parties, hello, name, 'latin1')),
    )
    expect(layout).toMatchObject({
      kind: 'script',
      style: { name: 'vbscript' },
      forms: [{ encoding: 'windows-1252', has_position: true }, {}, {}, {}, {}, {}],
    })
    expect(digests.size).toBe(1)
    expect(other_digests.length).toBe(5)
  })
})
