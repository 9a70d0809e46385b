// Names of hosts
export { normalHostName, registrableDomain, reversedLabels } from './host-name.ts'
// Names that look like others
export { watchFor } from './look-alike.ts'
export type { Nearness, Watch } from './look-alike.ts'
