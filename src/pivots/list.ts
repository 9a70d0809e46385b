import { anomalies } from './attributes/anomalies.ts'
import { apex } from './attributes/apex.ts'
import { authorityKeyId } from './attributes/authority-key-id.ts'
import { authorityUrl } from './attributes/authority-url.ts'
import { certificateSha256 } from './attributes/certificate-sha256.ts'
import { cpsUrl } from './attributes/cps-url.ts'
import { crlUrl } from './attributes/crl-url.ts'
import { email } from './attributes/email.ts'
import { extensionShape } from './attributes/extension-shape.ts'
import { host } from './attributes/host.ts'
import { issuer } from './attributes/issuer.ts'
import { issuerSerial } from './attributes/issuer-serial.ts'
import { issuerShape } from './attributes/issuer-shape.ts'
import { ja4x } from './attributes/ja4x.ts'
import { jarm } from './attributes/jarm.ts'
import { keySha256 } from './attributes/key-sha256.ts'
import { keyShape } from './attributes/key-shape.ts'
import { notAfter } from './attributes/not-after.ts'
import { notBefore } from './attributes/not-before.ts'
import { policy } from './attributes/policy.ts'
import { sanIp } from './attributes/san-ip.ts'
import { sanSet } from './attributes/san-set.ts'
import { sanTemplate } from './attributes/san-template.ts'
import { sctLogSet } from './attributes/sct-log-set.ts'
import { spkiSha256 } from './attributes/spki-sha256.ts'
import { subject } from './attributes/subject.ts'
import { subjectC } from './attributes/subject-c.ts'
import { subjectCn } from './attributes/subject-cn.ts'
import { subjectEmail } from './attributes/subject-email.ts'
import { subjectKeyId } from './attributes/subject-key-id.ts'
import { subjectL } from './attributes/subject-l.ts'
import { subjectO } from './attributes/subject-o.ts'
import { subjectOu } from './attributes/subject-ou.ts'
import { subjectPostalCode } from './attributes/subject-postal-code.ts'
import { subjectSerial } from './attributes/subject-serial.ts'
import { subjectShape } from './attributes/subject-shape.ts'
import { subjectSt } from './attributes/subject-st.ts'
import { subjectStreet } from './attributes/subject-street.ts'
import { validity } from './attributes/validity.ts'
import type { Pivot } from './pivot.ts'

/**
 * Every pivot attribute, strongest first. A test holds it equal to the folder attributes/.
 *
 * Rows of specification AN1972 §2.1 that are not here: 2 and 6 (other hashes of the certificate, and of its issuance) name
 * a certificate instead of being shared by two, and are looked up as such. 26 (the chain as served), 30 (JA3S, JA4S, ALPN),
 * 31 (HTTP titles, favicons, headers) and 32 (registrar, name servers, passive DNS) need data that is not read yet.
 */
export const pivots: readonly Pivot[] = [
  certificateSha256,
  issuerSerial,
  spkiSha256,
  keySha256,
  subjectKeyId,
  sanSet,
  apex,
  subject,
  host,
  email,
  sanIp,
  issuer,
  authorityKeyId,
  subjectCn,
  subjectOu,
  subjectEmail,
  notBefore,
  notAfter,
  crlUrl,
  authorityUrl,
  cpsUrl,
  policy,
  anomalies,
  subjectO,
  subjectSerial,
  subjectStreet,
  subjectPostalCode,
  subjectL,
  subjectSt,
  subjectC,
  sanTemplate,
  validity,
  jarm,
  keyShape,
  extensionShape,
  sctLogSet,
  subjectShape,
  issuerShape,
  ja4x,
]
