// Certificates
export { longestCertificate, readCertificate } from './openssl-reading.ts'
export type { Certificate, CertificateReading } from './openssl-reading.ts'
