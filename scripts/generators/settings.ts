import { shipped } from '../../src/config.ts'
import { loadKnownSettings } from '../../src/detect/index.ts'
import { cell, code, type Generator, generatedNote } from './generator.ts'

/** The settings of published analytics: analytics/<id>/settings.yaml. */
export const settings: Generator = {
  path: 'docs/settings.md',
  generate: async () => {
    const known = loadKnownSettings(shipped('analytics'), 'an1246')
    const rows = Object.entries(known.settings).map(
      ([name, { of, catalogue, means, default: usual }]) =>
        `| ${code(name)} | ${of.join(', ')} | ${cell(means)} | ${cell(usual)} | ${catalogue === undefined ? '' : code(catalogue)} |`,
    )
    return `# Settings of the published analytics

${generatedNote}

ATT&CK's analytics leave some values to the site, by name. Counterseal has exactly these names, so that an auditor can follow
each of them. \`counterseal coverage\` shows what they are set to.

| setting | named by | what it does here | unless set | reference data |
|---|---|---|---|---|
${rows.join('\n')}

Give them in a YAML file with \`--settings FILE\`, to every command that hunts. Several files add up; of \`TimeWindow\` the last
counts. Every entry of a list but a process has an owner and a day on which it expires; after that day it counts no more.

\`\`\`yaml
TrustedRootHashList:
  - { sha1: 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567, subject: CN=Example Root, owner: pki@example.com, expires: 2027-06-30 }
TrustedPublisherList:
  - { sha256: 0a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef0123456789abcdef, owner: packaging@example.com, expires: 2027-06-30 }
FilePathAllowList:
  - { path: 'C:\\Users\\*\\AppData\\Local\\Lob\\lob.exe', sha256: 0a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef0123456789abcdef, owner: lob@example.com, expires: 2027-03-31 }
MonitoredProcesses: [deploytool.exe]
RegistryPathBaselines:
  - { path: 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\System\\EnableSmartScreen', data: '0', owner: kiosk@example.com, expires: 2027-03-31, because: kiosks have no users }
TimeWindow: 900
\`\`\`

- A root or publisher that the store tells by SHA-1 is found by its SHA-256 only where the certificate itself is in the evidence.
- \`*\` in a path is anything within one name. A path without a SHA-256 lowers the score and does not end it: anybody who can
  write there can put another file in its place.
- \`HKU\\*\\…\` in a path of the registry is any user. Trust slots and certificates are not covered by baselines: they are approved one
  by one, see [approvals.md](approvals.md).
- What is set is part of the snapshot of reference data that a finding names.
`
  },
}
