/**
 * What can be wrong with signed files and their signatures, by code. The codes are stored with what they were found in, so they
 * are append-only. None of them is a verdict: {@link verifySignatures} gives that.
 */
export const problemCodes = {
  'authenticode/der': 'an element that is missing, or another than belongs there',
  'authenticode/der-cut': 'an element that is longer than what holds it',
  'authenticode/ber': 'a length that is indefinite, which is not read, or has more octets than it needs',
  'authenticode/trailing-bytes': 'something stands behind the last element that belongs there',
  'authenticode/too-many': 'more than are read; the rest is left out',
  'authenticode/too-long': 'longer than is read',
  'authenticode/not-signed-data': 'where a signature belongs stands something else',
  'authenticode/content': 'a signature over something that is not known here, or cannot be read',
  'authenticode/certificate': 'a certificate in a signature cannot be read; it is left out',
  'authenticode/signers': 'a signature with no signer, or with more than one',
  'authenticode/attribute-repeated': 'an attribute, or its value, that stands twice; the first one is taken',
  'authenticode/time': 'a time that is none',
  'authenticode/timestamp': 'a counter-signature that cannot be read',
  'authenticode/nested': 'a signature in a signature that cannot be read, or lies too deep',
  'authenticode/member': 'an entry of a catalog or trust list that cannot be read; it is left out',
  'authenticode/more-problems': 'more problems than are kept',
  'authenticode/pe-headers': 'the headers of a PE file cannot be read',
  'authenticode/pe-table-place': 'a certificate table that does not lie in the file, or not on eight octets',
  'authenticode/pe-table-overlap': 'a certificate table over headers or sections: what is loaded there is not signed',
  'authenticode/pe-table-entry': 'an entry of a certificate table that cannot be read',
  'authenticode/pe-entries': 'more than one entry in a certificate table; Windows looks at the first',
  'authenticode/pe-padding': 'data in a certificate table behind a signature: nothing signs them (CVE-2013-3900)',
  'authenticode/pe-after-table': 'data behind the certificate table',
  'authenticode/pe-section-gaps': 'sections that overlap or leave gaps: programs disagree about what is hashed',
  'authenticode/cfb-header': 'the header of a compound file cannot be read',
  'authenticode/cfb-chain': 'a chain of sectors that leads outside, in a circle, or ends early',
  'authenticode/cfb-directory': 'a directory entry that cannot be read, lies too deep, or is reached twice',
  'authenticode/cfb-too-large': 'streams that are together longer than the file; they are not hashed',
  'authenticode/cfb-after-end': 'data behind the last sector in use: nothing signs them',
  'authenticode/script-block': 'a signature block in a script that does not end, or has lines that do not belong there',
  'authenticode/script-after-block': 'text behind the signature block',
} as const

export type ProblemCode = keyof typeof problemCodes
