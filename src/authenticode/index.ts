// Recognising
export { couldBeSigned, hasSignatureBlock } from './recognise.ts'
// Reading
export { readSignatures, allOf } from './read.ts'
export { rangesOf } from './ranges.ts'
export type { ReadOptions, SignedFile } from './read.ts'
export type { Digests, FileRanges, HashName } from './ranges.ts'
export type { Signature } from './signature.ts'
export type { Attribute, SignedData, SignerInfo } from './cms.ts'
export type { IndirectData } from './indirect-data.ts'
export type { Timestamp, TimestampInfo } from './timestamp.ts'
export type { PeLayout, TableEntry } from './pe.ts'
export type { MsiLayout } from './msi.ts'
export type { ScriptForm, ScriptLayout } from './script.ts'
export type { ScriptStyle } from './script-styles.ts'
// Catalogs and lists of certificates
export { isListed } from './verify.ts'
export type { ListedProperty, ListMember, NameValue, TrustList } from './trust-list.ts'
// Verifying
export { trustIn, verifyFile, verifySignatures } from './verify.ts'
export { doubts, reasons, statuses } from './reasons.ts'
export type { SignatureVerification, Trust, Verification, VerifyOptions } from './verify.ts'
export type { TimestampVerification } from './timestamp-check.ts'
export type { Doubt, DoubtCode, Reason, ReasonCode, Status } from './reasons.ts'
// Problems
export { problemCodes } from './problem-codes.ts'
export type { ProblemCode } from './problem-codes.ts'
// Writers, for fixtures
export { withCertificateTable, writePe } from './writer/write-pe.ts'
export type { PeWriteOptions, WrittenSection, WrittenTableEntry } from './writer/write-pe.ts'
export { writeCompoundFile } from './writer/write-compound-file.ts'
export type { CompoundWriteOptions, WrittenStorage, WrittenStream } from './writer/write-compound-file.ts'
export { writeSignedPe, writeSigner } from './writer/write-signature.ts'
export type { WrittenSigner } from './writer/write-signature.ts'
