import { CountersealError } from '../../base/index.ts'

/**
 * The least version of a ClickHouse server, year and month of its release.
 *
 * Earlier ones of 2026 silently ignore `insert_deduplication_token` for an INSERT … SELECT that is not sorted (ClickHouse
 * pull request 99206, of March 2026), and with it exactly-once; those before 25.11 do not mark an error in the middle of
 * an answer. Our SQL also needs the analyzer of 24.3. What is tested is 26.7.
 */
export const leastVersion = '26.4'

/** Throws `store/wrong-version` for a server that is older, or does not say what it is. */
export function checkServerVersion(version: string, location: string): void {
  const [year = 0, month = 0] = version.split('.').map(Number)
  const [leastYear = 0, leastMonth = 0] = leastVersion.split('.').map(Number)
  if (year > leastYear || (year === leastYear && month >= leastMonth)) return
  throw new CountersealError('store/wrong-version', {
    message: `The ClickHouse server at ${location} is version ${version}; Counterseal needs ${leastVersion} or newer, since an older one may store evidence twice without saying so.`,
  })
}
