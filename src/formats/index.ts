// PEM
export { looksLikePem, readPem } from './pem.ts'
export type { PemBlock } from './pem.ts'
// Zeek
export { readZeekHeaderLine, zeekDefaults } from './zeek-header.ts'
export type { ZeekHeader } from './zeek-header.ts'
