import type { MadeLog } from './made-log.ts'

/** A log list v3 with these logs, as Chrome's has them. */
export function logListOf(logs: readonly MadeLog[]): string {
  const entryOf = ({ about }: MadeLog) => {
    const { protocol, monitoring_url } = about
    const place =
      protocol === 'rfc6962' ? { url: monitoring_url } : { submission_url: `https://${about.origin}/`, monitoring_url }
    return {
      description: about.description,
      log_id: Buffer.from(about.log_id, 'hex').toString('base64'),
      key: about.key,
      mmd: about.mmd_seconds,
      ...place,
      state: { usable: { timestamp: '2026-01-01T00:00:00Z' } },
    }
  }
  const ofProtocol = (protocol: string) => logs.filter(({ about }) => about.protocol === protocol).map(entryOf)
  const operator = { name: 'Tests', email: [], logs: ofProtocol('rfc6962'), tiled_logs: ofProtocol('static-ct-api') }
  return JSON.stringify({ version: '1.0', log_list_timestamp: '2026-03-01T00:00:00Z', operators: [operator] })
}
