import { facets, searchFields } from '../../src/search/index.ts'
import { cell, code, type Generator, generatedNote } from './generator.ts'

/** The language in which certificates are searched: every field with its own example. */
export const search: Generator = {
  path: 'docs/search.md',
  generate: async () => {
    const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
    const isPart = ({ name }: { readonly name: string }) => name.includes('.')
    const fieldRows = searchFields
      .filter(field => !isPart(field))
      .map(({ name, finds, example, contains }) =>
        row([`\`${name}:\`${contains === undefined ? '' : ` \`${name}~\``}`, cell(finds), code(example)]),
      )
    const parts = searchFields
      .filter(field => isPart(field) && !field.name.startsWith('pivot.'))
      .map(({ name }) => `\`${name}\``)
    const pivotRows = searchFields
      .filter(({ name }) => name.startsWith('pivot.'))
      .map(({ name, finds, example }) =>
        row([`\`${name}\``, cell(finds.replace('that share a value: ', '')), code(example)]),
      )
    const facetNames = facets.filter(facet => !isPart(facet)).map(({ name }) => `\`${name}\``)
    return `# Searching certificates

${generatedNote}

\`counterseal cert search\` finds certificates by any field and any combination. It looks at what was read into the store:
certificate files, logs of sensors, exports of other tools. It asks nobody else.

\`\`\`sh
counterseal cert search 'san:*.example.com not_before:2026-01..2026-03'
counterseal cert search 'san~login -issuer.o:"Example Trust"' --facets issuer,key,year
counterseal cert search 'key:rsa-1024 OR validity:>825d' --all --json
\`\`\`

Put the search into single quotes: a shell takes away double quotes that a value with spaces needs.

## Terms

\`field:value\` asks what the field says below. \`field~text\` asks for the text anywhere inside, in any case. Terms stand
beside each other when all must fit; \`OR\` and \`NOT\` are written in capitals; \`-\` directly before a term or a bracket
negates it. \`AND\` goes before \`OR\`; brackets go before both. A value with spaces, brackets or quotation marks in it stands in
double quotes, where \`\\\` keeps the next character as it is.

A word without a field is looked up as all it can be: an address is one a certificate is for or was met at; hexadecimal
digits are a fingerprint, a key, a serial number, or the beginning of one (8 digits and more); \`*.example.com\` is what is
below; anything else is text in a name or in the subject. A word in double quotes is only text.

A negated term finds certificates of which the fact is not known, too: \`-ca:true\` has those of which nobody said whether
they are a CA; \`ca:false\` has not.

| field | certificates | example |
|---|---|---|
${fieldRows.join('\n')}

Parts of names: ${parts.join(', ')}. A whole value, in any case.

Numbers and times take \`A\`, \`A..B\`, \`A..\`, \`..B\`, \`>A\`, \`>=A\`, \`<A\` and \`<=A\`. Times are UTC: \`2026\`, \`2026-01\`,
\`2026-01-31\`, \`2026-01-31T10:00\`. Both ends belong to a range, and a value means all that it covers: \`>2026-01\` begins with
February, \`2026-01..2026-03\` ends with March.

What any two certificates can share is searched as \`pivot.ATTRIBUTE:value\`, in the form in which [pivoting](pivot.md)
compares it:

| field | what it is | example |
|---|---|---|
${pivotRows.join('\n')}

A search that cannot be understood is refused with the column of the fault and with what may stand there. A search has at
most 100 terms.

## Pages

A page has 50 certificates (\`--limit\`). It ends with a cursor; \`--after CURSOR\` is the next page. Every certificate found is
on exactly one page, however many there are; one that is read meanwhile is on a later page or on none. \`--all\` prints every
certificate. The order is newest first by not_before (\`--order newest\`), or by certificate_id (\`--order id\`), in which
\`--all\` holds nothing in memory.

## Facets

\`--facets\` counts instead: certificates, and issuances, where a precertificate and its certificate are one. With names it
also divides: \`--facets issuer,key\`. Facets are ${facetNames.join(', ')}, and \`pivot.ATTRIBUTE\`. Each shows its
20 most frequent values by issuances; in \`--json\` each value has the search that finds its certificates.

## One certificate

\`counterseal cert show\` takes a SHA-256, SHA-1 or MD5, or the first 8 digits and more when they are those of one
certificate; a PEM or DER file, or \`-\` for standard input; or a serial number with \`--issuer\`. It prints what the bytes say,
what is wrong with them, where the certificate was met, how often it was seen and by what, how many certificates have its
key, and the other half of its issuance. A certificate in a file is shown also when the store does not have it, and that is
said. \`--pem\` prints the certificate itself.

*Hash only* means that nobody saw the bytes: a sensor logged a SHA-1, or issuer and serial number, and what is shown is what
sensors said. When the bytes arrive, from whatever source, what was seen before is found under the certificate. Of a
certificate that was logged by issuer and serial number alone that is done only when all certificates with these are of one
issuance: tools that write constants there would be mixed up otherwise.

Signatures and chains are not verified here.

## What it costs

Names and what is below a name, whole values, hashes and their beginnings are ranges of a key. Text inside names goes through
an index of its letters from four characters on. Dates, validity, keys, flags, problems, serial numbers, issuers' parts, \`subject~\`
and \`issuer~\`, and where a certificate was met are a scan of the columns in question; together with a term that has a key only
what that term finds is read.
`
  },
}
