// Names of hosts
export { normalHostName, registrableDomain, reversedLabels } from './host-name.ts'
