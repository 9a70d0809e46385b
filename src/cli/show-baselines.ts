import type { BaselineState } from '../baseline/index.ts'
import { describeState } from '../baseline/index.ts'
import type { Output } from './output.ts'
import { styled } from './output.ts'

/** What is known of usual behaviour, and what the silence of each baseline is worth. */
export function showBaselines(output: Output, states: readonly BaselineState[]): void {
  if (output.json) {
    for (const { baseline, ...state } of states)
      output.record({ type: 'baseline', baseline: baseline.id, analytic: baseline.analytic, ...state })
    return
  }
  output.line(`\n${styled(output, 'bold', 'Baselines: what is usual here')}`)
  for (const state of states) {
    const mark = styled(output, state.state === 'evaluable' ? 'dim' : 'red', state.baseline.id)
    output.line(`  ${mark}  ${state.baseline.title}`)
    output.line(`    ${describeState(state)}`)
  }
}
