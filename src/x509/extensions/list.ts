import { authorityInformationAccess } from './authority-information-access.ts'
import { authorityKeyIdentifier } from './authority-key-identifier.ts'
import { basicConstraints } from './basic-constraints.ts'
import { certificatePolicies } from './certificate-policies.ts'
import { crlDistributionPoints } from './crl-distribution-points.ts'
import { extendedKeyUsage } from './extended-key-usage.ts'
import { freshestCrl } from './freshest-crl.ts'
import { inhibitAnyPolicy } from './inhibit-any-policy.ts'
import { issuerAltName } from './issuer-alt-name.ts'
import { keyUsage } from './key-usage.ts'
import { microsoftCaVersion } from './microsoft-ca-version.ts'
import { microsoftPreviousCaCertificate } from './microsoft-previous-ca-certificate.ts'
import { microsoftSid } from './microsoft-sid.ts'
import { microsoftTemplate } from './microsoft-template.ts'
import { microsoftTemplateName } from './microsoft-template-name.ts'
import { nameConstraints } from './name-constraints.ts'
import { netscapeCertificateType } from './netscape-certificate-type.ts'
import { netscapeComment } from './netscape-comment.ts'
import { policyConstraints } from './policy-constraints.ts'
import { policyMappings } from './policy-mappings.ts'
import { precertificatePoison } from './precertificate-poison.ts'
import type { ExtensionReader } from './reader.ts'
import { signedCertificateTimestamps } from './signed-certificate-timestamps.ts'
import { subjectAltName } from './subject-alt-name.ts'
import { subjectInformationAccess } from './subject-information-access.ts'
import { subjectKeyIdentifier } from './subject-key-identifier.ts'
import { tlsFeature } from './tls-feature.ts'

/** Every extension that is read, in the order of their object identifiers. */
export const extensionReaders: readonly ExtensionReader[] = [
  microsoftTemplateName,
  microsoftCaVersion,
  microsoftPreviousCaCertificate,
  microsoftTemplate,
  microsoftSid,
  signedCertificateTimestamps,
  precertificatePoison,
  authorityInformationAccess,
  subjectInformationAccess,
  tlsFeature,
  subjectKeyIdentifier,
  keyUsage,
  subjectAltName,
  issuerAltName,
  basicConstraints,
  nameConstraints,
  crlDistributionPoints,
  certificatePolicies,
  policyMappings,
  authorityKeyIdentifier,
  policyConstraints,
  extendedKeyUsage,
  freshestCrl,
  inhibitAnyPolicy,
  netscapeCertificateType,
  netscapeComment,
]
