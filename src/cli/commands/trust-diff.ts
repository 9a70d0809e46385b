import { Command } from 'commander'
import { CountersealError } from '../../base/index.ts'
import { storeIntel } from '../../detect/index.ts'
import { changesOfSnapshots, snapshotsIn } from '../../trust/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples } from '../command.ts'
import { grouped, noteProblem } from '../output.ts'
import { readPaths } from '../read-paths.ts'
import { showChange } from '../show-trust.ts'

export function trustDiffCommand(): Command {
  const command = new Command('diff')
    .description('what two snapshots of one registry differ in: hives or .reg files; nothing is kept')
    .argument('<old>', 'the older one: a file, or a directory with the hives of one host')
    .argument('<new>', 'the newer one')
    .option('--json', 'one JSON object a line, for machines')
    .addHelpText('after', examples('counterseal trust diff monday/SOFTWARE tuesday/SOFTWARE'))
  return command.action(
    action<StoreOptions>(async ({ app, output, args, signal }) => {
      const store = await app.events()
      await storeIntel(store, app.intel())
      const evidenceOf = async (path: string): Promise<readonly string[]> => {
        const { readings, problems } = await readPaths(app, [path], signal)
        for (const problem of problems) noteProblem(output, problem)
        const read = readings.map(reading => reading.evidence_id)
        const found = await snapshotsIn(store, read, signal)
        if (found.length > 0) return read.filter(one => found.some(({ evidence_id }) => evidence_id === one))
        throw new CountersealError('input/nothing-readable', {
          message: `${path} has no state of a registry: neither a hive nor an export to a .reg file.`,
          remedy: 'A .reg file that deletes something is an order, and no state.',
        })
      }
      const [older = '', newer = ''] = args
      const before = await evidenceOf(older)
      const after = await evidenceOf(newer)
      // What is the same file on both sides cannot differ.
      const inOrder = [...before, ...after].filter(one => !(before.includes(one) && after.includes(one)))
      const tally = { compared: 0 }
      let count = 0
      const options = { intelSnapshot: app.intel().snapshot, inOrder, tally, signal }
      for await (const changes of changesOfSnapshots(store, options))
        for (const change of changes) {
          count += 1
          if (output.json) output.record({ type: 'trust_change', ...change })
          else showChange(output, change)
        }
      if (!output.json && count === 0) output.line(noDifference(inOrder.length === 0, tally.compared))
      return 0
    }),
  )
}

function noDifference(same: boolean, compared: number): string {
  if (same) return 'The two are the same file.'
  if (compared === 0) return 'Nothing was compared: no store, slot or policy is told of by both.'
  return `No difference in ${grouped(compared)} entries of stores, slots and policies that both tell of.`
}
