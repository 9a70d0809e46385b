/**
 * Everything that can be told in seconds: types, lint, rooms, generated files. `npm test` runs the same and the suites.
 *
 *   npm run check
 */
import { describeStep, runStep, staticSteps } from './steps.ts'

const results = await Promise.all(staticSteps.map(runStep))
for (const result of results) console.log(describeStep(result))
if (results.some(result => !result.ok)) process.exitCode = 1
