// Hives
export { openHive } from './hive.ts'
export { readKey, walkKeys } from './walk.ts'
export { readSecurity } from './security.ts'
export { isHive } from './base-block.ts'
export type { Hive, HiveOptions } from './hive.ts'
export type { HiveHeader } from './base-block.ts'
export type { HiveKey } from './key.ts'
export type { KeyReading, WalkOptions } from './walk.ts'
export type { Refusal, ReplayedEntry } from './replay.ts'
export type { KeySecurity, SecurityReading } from './security.ts'
// Values
export type { RegistryData, RegistryType, RegistryValue } from './value.ts'
// Registry text
export { looksLikeRegText, readRegText } from './reg-text.ts'
export type { RegItem, RegText } from './reg-text.ts'
export type { RegEncoding } from './reg-lines.ts'
// Certificates in stores
export { readCertificateBlob } from './certificate-blob.ts'
export type { BlobOptions, BlobProperty, CertificateBlob } from './certificate-blob.ts'
// What other sources tell of the registry, in one form
export { registryPath } from './registry-path.ts'
export { namesValue, targetOf4657, targetOfObject } from './value-path.ts'
export { dataOf4657, dataOfDetails, operationOf4657, operationOfEventType, typeOf4657 } from './told-data.ts'
export { filePath } from './file-path.ts'
export { upperCase } from './upper-case.ts'
export type { PathNote, PathOptions, RegistryPath } from './registry-path.ts'
export type { RegistryTarget, TargetOptions } from './value-path.ts'
export type { RegistryOperation, ToldData } from './told-data.ts'
export type { FilePath, FilePathNote, FilePathOptions } from './file-path.ts'
// Problems
export { problemCodes } from './problem-codes.ts'
export type { ProblemCode } from './problem-codes.ts'
// A writer, for fixtures
export { writeHive } from './writer/write-hive.ts'
export { asDirty, writeOldTransactionLog, writeTransactionLog } from './writer/write-log.ts'
export { storedCertificate, writeCertificateBlob } from './writer/write-certificate-blob.ts'
export type { HiveWriteOptions, WrittenKey, WrittenValue } from './writer/write-hive.ts'
export type { WrittenProperty } from './writer/write-certificate-blob.ts'
