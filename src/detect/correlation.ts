import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CountersealError } from '../base/index.ts'
import type { Correlation } from '../correlate/index.ts'
import { correlationFile, faultsOfCorrelation } from '../correlate/index.ts'
import { foldersIn, parseDefinition, readDefinitionText } from '../definitions/index.ts'
import type { Detection } from './detection.ts'

/**
 * Every correlation.yaml of the folders of a directory. Throws `data/bad-definition` naming file and fault, also when a
 * detection observes for a class or a rule that its analytic does not have.
 */
export function loadCorrelations(directory: string, detections: readonly Detection[]): readonly Correlation[] {
  const correlations = foldersIn(directory).flatMap(folder => {
    const file = join(folder, 'correlation.yaml')
    if (!existsSync(file)) return []
    const correlation = parseDefinition('correlation', file, readDefinitionText(file), correlationFile)
    const faults = faultsOfCorrelation(correlation)
    if (faults.length > 0) throw fault(file, faults)
    return [correlation]
  })
  for (const detection of detections) {
    const faults = faultsOf(detection, correlations)
    if (faults.length > 0) throw fault(detection.directory, faults)
  }
  return correlations
}

function faultsOf({ analytic, observes, signals }: Detection, correlations: readonly Correlation[]): readonly string[] {
  if (observes === undefined) return []
  const correlation = correlations.find(one => one.analytic === analytic)
  if (correlation === undefined) return [`it observes, and ${analytic} has no correlation.yaml`]
  const rules = Object.values(signals).flatMap(({ standalone = [] }) => standalone)
  return [
    ...(observes.class in correlation.classes ? [] : [`${analytic} has no class ${observes.class}`]),
    ...rules.filter(rule => !(rule in correlation.standalone)).map(rule => `${analytic} has no rule ${rule}`),
  ]
}

function fault(place: string, faults: readonly string[]): CountersealError {
  return new CountersealError('data/bad-definition', { message: `${place}: ${faults.join('; ')}.` })
}
