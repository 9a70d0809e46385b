import { type CatalogueEntry, errorCatalogue, exitCodes } from '../../src/base/index.ts'
import { cell, type Generator, generatedNote } from './generator.ts'

/** The catalogue of errors, in its own order. */
export const errors: Generator = {
  path: 'docs/errors.md',
  generate: async () => {
    const rows = Object.entries<CatalogueEntry>(errorCatalogue).map(
      ([code, { exit, retry, remedy }]) =>
        `| \`${code}\` | ${exitCodes[exit]} (${exit}) | ${retry ? 'yes' : 'no'} | ${cell(remedy)} |`,
    )
    return `# Errors

${generatedNote}

An error ends the operation in hand. Its message says what was attempted, on what, and what came back; its code is one of
these and never changes its meaning. What is wrong with single records is not here: such a record is set aside, counted
and shown by \`counterseal quarantine\`.

| code | exit code | may the same command succeed later? | what to do |
|---|---|---|---|
${rows.join('\n')}

A run that ends well exits 0. It exits ${exitCodes.findings} when \`--fail-on\` was given and a finding reaches that verdict, and
${exitCodes.defect} for a defect of Counterseal itself.
`
  },
}
