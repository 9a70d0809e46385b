// Certificates for names of ours, against what may be issued
export { oncePerIssuance, reviewCertificate } from './review.ts'
export type { IssuanceVerdict, IssuedCertificate, ReviewContext, Reviewed } from './review.ts'
// Who may issue, by DNS
export { climb, judgeCaa } from './caa.ts'
export type { CaaJudgement, CaaLookup, CaaRecord } from './caa.ts'
export { caaAt } from './caa-history.ts'
export { issuedSince } from './issued.ts'
