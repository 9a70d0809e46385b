import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One row of the corpus' MANIFEST.tsv, and what it is to AN1246. */
export type CorpusRow = {
  /** From the corpus' directory. */
  readonly path: string
  /** The technique that the manifest names, if it does. */
  readonly technique: string
  /** What the manifest says that it shows. */
  readonly truth: string
  /**
   * `trust`: somebody tampered with what the machine trusts. `other`: an attack that leaves trust alone, or only a part of
   * one; what is found there is read by hand. `benign`: nothing of AN1246 happened, so nothing may be an alert.
   */
  readonly kind: 'trust' | 'other' | 'benign'
}

/** Every row, in the order of the manifest. @param corpus its directory */
export function corpusRows(corpus: string): readonly CorpusRow[] {
  const [header = '', ...lines] = readFileSync(join(corpus, 'MANIFEST.tsv'), 'utf8').split(/\r?\n/)
  const names = header.split('\t')
  return lines
    .filter(line => line !== '')
    .map(line => {
      const cells = line.split('\t').map(unquoted)
      const cell = (name: string) => cells[names.indexOf(name)] ?? ''
      const [technique = ''] = /T\d{4}(?:\.\d{3})?/.exec(cell('pillar_technique')) ?? []
      const row = { path: cell('path'), technique, truth: cell('ground_truth') }
      return { ...row, kind: kindOf(row.path, cell('pillar_technique'), row.truth) }
    })
}

function unquoted(cell: string): string {
  return cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell
}

/**
 * By the manifest's own words. The recordings of OTRF are of other attacks, and benign to AN1246: their writes to
 * certificate stores are Windows' own, which is what the corpus has them for.
 */
function kindOf(path: string, technique: string, truth: string): CorpusRow['kind'] {
  if (path.startsWith('windows/') && /T1553|AN1246 correlation/.test(technique) && !/ FP$/.test(technique))
    return 'trust'
  if (/^TP|certutil misuse|many techniques/.test(truth) && !path.startsWith('windows/otrf-json/')) return 'other'
  return 'benign'
}
