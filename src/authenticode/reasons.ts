/** What {@link verifySignatures} comes to. The first that applies, in this order. */
export const statuses = {
  unsigned: 'there is no signature',
  'digest-mismatch': 'the file is not what was signed: it was changed, or the signature belongs to another file',
  'unsound-layout': 'the signature holds and leaves out of the file what Windows loads',
  'signature-invalid': 'the signature does not hold for what it says it signs',
  unreadable: 'there is something where a signature belongs, and it cannot be read',
  unsupported: 'a file, or an algorithm, that is not verified here: nothing is known',
  'weak-algorithm': 'all holds, but by a hash function for which files can be forged',
  'untrusted-root': 'no chain of certificates leads to a given root',
  'chain-invalid': 'the chain leads to a given root and breaks a rule on its way',
  'not-for-purpose': 'a certificate of the chain is not for signing code',
  expired: 'a certificate of the chain was not valid when the file was signed, or now',
  valid: 'all holds',
} as const

export type Status = keyof typeof statuses

/** Why a signature has its status. Codes are append-only. */
export const reasons = {
  'no-signature': ['unsigned', 'the file has no signature'],
  'kind-unknown': ['unsupported', 'the kind of file is not known, or the file cannot be read'],
  'kind-differs': ['digest-mismatch', 'the signature is for another kind of file'],
  'digest-unsupported': ['unsupported', 'the digest is taken with a hash function that is not computed here'],
  'digest-not-computed': ['unreadable', 'the file is damaged so that no digest can be taken'],
  'algorithm-unsupported': ['unsupported', 'the signature is made with an algorithm that is not verified here'],
  'key-unsupported': ['unsupported', 'a key of the chain cannot be used here'],
  'too-much-work': ['unsupported', 'more signatures would have to be tried than are'],
  'signature-unreadable': ['unreadable', 'the signature cannot be read'],
  'no-signer': ['unreadable', 'the signature has no signer'],
  'content-unknown': ['unreadable', 'what is signed is neither the hash of a file nor a list'],
  'digest-differs': ['digest-mismatch', 'the digest of the file is not the one that is signed'],
  'metadata-differs': ['digest-mismatch', 'names, sizes or times in the installer are not those that are signed'],
  'table-over-image': ['unsound-layout', 'the certificate table covers headers or sections, which are not hashed'],
  'content-type-differs': ['signature-invalid', 'the signed content type is another'],
  'message-digest-differs': ['signature-invalid', 'the signed hash of the content is missing, or another'],
  'certificate-missing': ['signature-invalid', 'the certificate of the signer is not there'],
  'signature-wrong': ['signature-invalid', 'the signature does not hold with the key of the signer'],
  'algorithms-differ': ['signature-invalid', 'the signature names two hash functions'],
  'attribute-repeated': ['signature-invalid', 'a signed attribute stands twice'],
  md5: ['weak-algorithm', 'MD5 is used, for which files can be forged'],
  'issuer-missing': ['untrusted-root', 'the certificate of an issuer is not there, and none of the roots is it'],
  'self-signed': ['untrusted-root', 'the chain ends with a certificate that signed itself and is no given root'],
  'chain-signature-wrong': ['untrusted-root', 'a certificate names an issuer whose key did not sign it'],
  'not-a-ca': ['chain-invalid', 'a certificate that may not issue any did'],
  'path-too-long': ['chain-invalid', 'more certificates are issued below one than it allows'],
  'key-usage': ['chain-invalid', 'a key is used for what its certificate does not allow'],
  'critical-extension': ['chain-invalid', 'a certificate has a critical extension that is not understood'],
  'certificate-unreadable': ['chain-invalid', 'a certificate of the chain can be read only in part'],
  'purpose-missing': ['not-for-purpose', 'the purposes of a certificate do not include this one'],
  'not-yet-valid': ['expired', 'a certificate began later'],
  'no-longer-valid': ['expired', 'a certificate had ended'],
  'lifetime-signing': ['expired', 'the certificate says that its signatures end with it, timestamp or not'],
} as const satisfies Record<string, readonly [Status, string]>

export type ReasonCode = keyof typeof reasons

/** What does not change the status and must be told. Codes are append-only. */
export const doubts = {
  'data-in-table': 'data in the certificate table that nothing signs (CVE-2013-3900)',
  'data-after-table': 'data behind the certificate table',
  'only-data-after-table-differ': 'what stands before the certificate table is what was signed; data were appended',
  'data-after-signature': 'data behind the signature that nothing signs',
  'data-after-end': 'data behind the end of the installer that nothing signs',
  'archive-after-end': 'a ZIP or JAR archive behind the end of the installer, which other programs open',
  'several-entries': 'the certificate table has several entries; Windows looks at the first',
  'sections-with-gaps': 'sections overlap or leave gaps: programs disagree about what is hashed',
  'names-not-signed': 'only the contents of the installer are signed, not names and times',
  'unsigned-attributes': 'unsigned attributes that are no timestamp and no signature: a place for data',
  'nested-not-valid': 'a nested signature is not valid',
  sha1: 'SHA-1 is used, for which files can be forged at some expense',
  'short-key': 'an RSA key of less than 2048 bits',
  'no-timestamp': 'nobody but the signer says when it was signed: it ends with the certificate',
  'timestamp-not-valid': 'a timestamp that does not hold, or whose chain leads to no given root; its time is not used',
  'name-constraints': 'an issuer restricts the names it may issue for, which is not checked',
  'script-host-digest': 'how Windows hashes this kind of script was not tried on a file it signed',
} as const

export type DoubtCode = keyof typeof doubts

export type Reason = { readonly code: ReasonCode; readonly detail?: string }
export type Doubt = { readonly code: DoubtCode; readonly detail?: string }

const order = Object.keys(statuses)

/** The status that these reasons come to. */
export function statusOf(all: readonly Reason[]): Status {
  let first: Status = 'valid'
  for (const { code } of all) {
    const [status] = reasons[code]
    if (order.indexOf(status) < order.indexOf(first)) first = status
  }
  return first
}
