// Certificates
export { longestCertificate, readCertificate } from './read.ts'
export { fingerprintsOf, signedByLogs } from './fingerprints.ts'
export { problemCodes } from './problem-codes.ts'
export type { ProblemCode } from './problem-codes.ts'
export type {
  AlgorithmIdentifier,
  Certificate,
  CertificateReading,
  DistinguishedName,
  Extension,
  Fingerprints,
  GeneralName,
  NameAttribute,
  PublicKey,
} from './certificate.ts'
export type {
  AccessDescription,
  AuthorityKeyIdentifier,
  CertificatePolicy,
  Extensions,
  Sct,
} from './extensions/index.ts'
