// PEM
export { looksLikePem, readPem } from './pem.ts'
export type { PemBlock } from './pem.ts'
// Zeek
export { readZeekHeaderLine, zeekDefaults } from './zeek-header.ts'
export type { ZeekHeader } from './zeek-header.ts'
// W3C Extended Log File Format
export { readW3cHeaderLine, w3cDefaults } from './w3c-header.ts'
export type { W3cHeader } from './w3c-header.ts'
// Evidence that does not have one record on each line
export { longestExcerpt } from './record-reader.ts'
export type { CutRecord, ReaderEnd, RecordReader } from './record-reader.ts'
export { areNames, CsvReader, readCsvStart } from './csv.ts'
export type { CsvOptions, CsvStart } from './csv.ts'
export { JsonDocumentReader } from './json-document.ts'
export type { JsonDocumentOptions } from './json-document.ts'
// Certificate stores, as certutil prints them
export { looksLikeCertutilStore, readCertutilStore } from './certutil-store.ts'
export type { CertutilCertificate, CertutilSection } from './certutil-store.ts'
// Events of Windows in XML
export { EventXmlReader } from './event-xml.ts'
export type { CutEvent } from './event-xml.ts'
export type { XmlEvent, XmlField } from './event-xml-event.ts'
// Log formats, as their producers' configurations have them
export { templateLanguages, templatePattern } from './log-template.ts'
export type { TemplateLanguage } from './log-template.ts'
