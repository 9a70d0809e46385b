/** Object identifiers of signatures. Microsoft: "Windows Authenticode Portable Executable Signature Format" (2008), wincrypt.h. */
export const oids = {
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  /** PKCS #9 §5.3.6: a signature over the signature, by whoever tells the time. */
  counterSignature: '1.2.840.113549.1.9.6',
  /** RFC 2634 §5.4 and RFC 5035 §3: which certificate the signer means. */
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  /** RFC 3161 §2.4.2. */
  timestampInfo: '1.2.840.113549.1.9.16.1.4',
  indirectData: '1.3.6.1.4.1.311.2.1.4',
  statementType: '1.3.6.1.4.1.311.2.1.11',
  opusInfo: '1.3.6.1.4.1.311.2.1.12',
  peImageData: '1.3.6.1.4.1.311.2.1.15',
  cabData: '1.3.6.1.4.1.311.2.1.25',
  sipInfo: '1.3.6.1.4.1.311.2.1.30',
  pageHashesSha1: '1.3.6.1.4.1.311.2.3.1',
  pageHashesSha256: '1.3.6.1.4.1.311.2.3.2',
  nestedSignature: '1.3.6.1.4.1.311.2.4.1',
  /** A token of RFC 3161 among the unsigned attributes. */
  timestampToken: '1.3.6.1.4.1.311.3.3.1',
  trustList: '1.3.6.1.4.1.311.10.1',
  catalogList: '1.3.6.1.4.1.311.12.1.1',
  catalogNameValue: '1.3.6.1.4.1.311.12.2.1',
  /** Usages of lists of certificates: roots that Windows may trust, and certificates that it must not. */
  rootList: '1.3.6.1.4.1.311.10.3.9',
  disallowedList: '1.3.6.1.4.1.311.10.3.30',
  /** Below it: a property of a certificate in a list, by its number in stores. */
  certificateProperty: '1.3.6.1.4.1.311.10.11.',
} as const
