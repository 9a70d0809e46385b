/** How scripts of a kind carry their signature. Windows goes by the extension of the file. */
export type ScriptStyle = {
  readonly name: 'powershell' | 'powershell-xml' | 'mof' | 'jscript' | 'vbscript' | 'wsf'
  readonly extensions: readonly string[]
  /** The lines around the signature. */
  readonly begin: string
  readonly end: string
  /** What stands around the base64 in each line. */
  readonly open: string
  readonly close: string
  /** The interface package, as signatures name it. */
  readonly sip_guid: string
  /** The byte order mark is hashed as a character. */
  readonly is_mark_hashed: boolean
  /** Text without a mark is taken for UTF-8 rather than for the code page of the machine. */
  readonly is_utf8_expected: boolean
  /** The place of the block, in characters, is hashed behind the text. */
  readonly is_position_hashed: boolean
}

const powershell = {
  sip_guid: '{603BCC1F-4B59-4E08-B724-D2C6297EF351}',
  is_mark_hashed: true,
  is_position_hashed: false,
} as const

const scriptHost = { is_mark_hashed: false, is_utf8_expected: false, is_position_hashed: true } as const

/**
 * PowerShell's are those of `about_Signing`, and what osslsigncode signs. What the script host hashes is not documented; it is
 * what jsign, whose signatures Windows accepts, says of it, and no file that Windows signed was there to try it on.
 */
export const scriptStyles: readonly ScriptStyle[] = [
  {
    name: 'powershell',
    extensions: ['ps1', 'psm1', 'psd1'],
    begin: '# SIG # Begin signature block',
    end: '# SIG # End signature block',
    open: '# ',
    close: '',
    ...powershell,
    is_utf8_expected: true,
  },
  {
    name: 'powershell-xml',
    extensions: ['ps1xml', 'psc1', 'cdxml'],
    begin: '<!-- SIG # Begin signature block -->',
    end: '<!-- SIG # End signature block -->',
    open: '<!-- ',
    close: ' -->',
    ...powershell,
    is_utf8_expected: false,
  },
  {
    name: 'mof',
    extensions: ['mof'],
    begin: '/* SIG # Begin signature block */',
    end: '/* SIG # End signature block */',
    open: '/* ',
    close: ' */',
    ...powershell,
    is_utf8_expected: true,
  },
  {
    name: 'jscript',
    extensions: ['js', 'jse'],
    begin: '// SIG // Begin signature block',
    end: '// SIG // End signature block',
    open: '// SIG // ',
    close: '',
    sip_guid: '{06C9E010-38CE-11D4-A2A3-00104BD35090}',
    ...scriptHost,
  },
  {
    name: 'vbscript',
    extensions: ['vbs', 'vbe'],
    begin: "'' SIG '' Begin signature block",
    end: "'' SIG '' End signature block",
    open: "'' SIG '' ",
    close: '',
    sip_guid: '{1629F04E-2799-4DB5-8FE5-ACE10F17EBAB}',
    ...scriptHost,
  },
  {
    name: 'wsf',
    extensions: ['wsf'],
    begin: '<signature>',
    end: '</signature>',
    open: '** SIG ** ',
    close: '',
    sip_guid: '{1A610570-38CE-11D4-A2A3-00104BD35090}',
    ...scriptHost,
  },
]
