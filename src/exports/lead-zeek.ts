import type { ExportedLead, LeadExport, LeadSet } from './lead-export.ts'

/**
 * The intelligence framework of Zeek: tab-separated, `-` for what is empty. Certificates go by SHA-1, the hash that Intel::CERT_HASH compares
 * (specification AN1972 §7); keys have no type there.
 */
export const leadZeek: LeadExport = {
  name: 'zeek',
  title: 'Zeek intel: certificates, names and addresses',
  file: 'counterseal.intel',
  *write(set) {
    yield '#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url\n'
    const told = new Set<string>()
    for (const lead of set.leads)
      for (const [value, type] of indicatorsOf(lead)) {
        if (told.has(`${type} ${value}`)) continue
        told.add(`${type} ${value}`)
        yield `${value}\t${type}\t${field(`counterseal ${set.reference}`)}\t${field(describe(lead, set))}\t-\n`
      }
  },
}

function* indicatorsOf({ sha1, names, addresses }: ExportedLead): Iterable<readonly [string, string]> {
  if (sha1 !== undefined) yield [sha1, 'Intel::CERT_HASH']
  for (const name of names) if (!name.startsWith('*.')) yield [field(name), 'Intel::DOMAIN']
  for (const address of addresses) yield [field(address), 'Intel::ADDR']
}

function describe({ state, confidence }: ExportedLead, { expires_at }: LeadSet): string {
  return `${state} confidence ${confidence} until ${expires_at.toISOString().slice(0, 10)}`
}

function field(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would end the field or the line.
  const clean = text.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, 500)
  return clean === '' ? '-' : clean
}
