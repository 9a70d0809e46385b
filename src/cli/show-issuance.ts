import type { Reviewed } from '../issuance/index.ts'
import type { Output } from './output.ts'
import { grouped, printable, styled } from './output.ts'

const colours = { sanctioned: 'green', unsanctioned: 'red', unknown: 'yellow' } as const
const order = ['unsanctioned', 'unknown', 'sanctioned'] as const

/** What is not sanctioned first. */
export function showIssuance(output: Output, reviewed: readonly Reviewed[], listMissing: string): void {
  const sorted = [...reviewed].sort(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.certificate.not_before - b.certificate.not_before,
  )
  if (output.json) {
    for (const { certificate, rows, ...one } of sorted) {
      const { not_before, not_after, ...rest } = certificate
      output.record({
        type: 'issuance',
        ...rest,
        not_before: new Date(not_before).toISOString(),
        not_after: new Date(not_after).toISOString(),
        ...one,
        rows: rows.map(({ from: { file, version }, row }) => ({ file, version, row })),
      })
    }
    return
  }
  output.line(
    styled(
      output,
      'bold',
      `${grouped(reviewed.length)} certificates: ${order.map(state => `${reviewed.filter(one => one.state === state).length} ${state}`).join(', ')}`,
    ),
  )
  if (listMissing !== '') output.line(styled(output, 'yellow', `Who may issue is not known: ${listMissing}`))
  for (const one of sorted.slice(0, mostShown)) showOne(output, one)
  if (sorted.length > mostShown) output.line(`and ${grouped(sorted.length - mostShown)} more: --json`)
}

const mostShown = 60

function showOne(output: Output, { certificate, state, verdict, because, caa, notes, missing }: Reviewed): void {
  const { sha256, id, names, issuer, not_before } = certificate
  output.line('')
  output.line(
    `${styled(output, colours[state], state)}  ${verdict}  ${printable(names.slice(0, 5).join(', '))}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`,
  )
  output.line(
    `  ${(sha256 === '' ? id : sha256).slice(0, 32)}  of ${new Date(not_before).toISOString().slice(0, 16)}Z by ${printable(issuer)}`,
  )
  for (const text of because) output.line(`  ${printable(text)}`)
  const told = [...new Set(caa.map(({ judgement }) => `CAA ${judgement.state}: ${judgement.because}`))]
  for (const text of told.slice(0, 3)) output.line(styled(output, 'dim', `  ${printable(text)}`))
  for (const text of notes) output.line(styled(output, 'dim', `  ${printable(text)}`))
  for (const text of missing) output.line(styled(output, 'dim', `  would tell: ${printable(text)}`))
}
