// Certificates
export { longestCertificate, readCertificate } from './certificate.ts'
export type { Certificate, CertificateReading } from './certificate.ts'
