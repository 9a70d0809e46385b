// Addresses and networks
export { networkOf, overlaps } from './network.ts'
export type { Network } from './network.ts'
