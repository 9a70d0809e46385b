import { join } from 'node:path'
import { loadCorrelations, loadDetections, loadIntel } from '../../src/detect/index.ts'
import { loadSources } from '../../src/mapping/index.ts'
import { checkout } from '../prepare.mjs'

/** What the reference pages tell of: the definitions that ship, and none of a user's own. */
export const shippedSources = () => loadSources([join(checkout, 'sources')])
export const shippedDetections = () => loadDetections([join(checkout, 'detections')])
export const shippedIntel = () => loadIntel([join(checkout, 'intel')])
export const shippedCorrelations = () => loadCorrelations(join(checkout, 'analytics'), shippedDetections())
