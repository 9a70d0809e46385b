import { Command } from 'commander'
import { exitCodes } from '../base/index.ts'
import { examples } from './command.ts'
import { approveCommand } from './commands/approve.ts'
import { canaryCommand } from './commands/canary.ts'
import { certCommand } from './commands/cert.ts'
import { checklistCommand } from './commands/checklist.ts'
import { containCommand } from './commands/contain.ts'
import { coverageCommand } from './commands/coverage.ts'
import { ctCommand } from './commands/ct.ts'
import { detectionsCommand } from './commands/detections.ts'
import { doctorCommand } from './commands/doctor.ts'
import { eventsCommand } from './commands/events.ts'
import { evidenceCommand } from './commands/evidence.ts'
import { evtxCommand } from './commands/evtx.ts'
import { findingCommand } from './commands/finding.ts'
import { findingsCommand } from './commands/findings.ts'
import { huntCommand } from './commands/hunt.ts'
import { ingestCommand } from './commands/ingest.ts'
import { investigateCommand } from './commands/investigate.ts'
import { leadsCommand } from './commands/leads.ts'
import { pivotCommand } from './commands/pivot.ts'
import { quarantineCommand } from './commands/quarantine.ts'
import { retrohuntCommand } from './commands/retrohunt.ts'
import { reviewCommand } from './commands/review.ts'
import { sandboxCommand } from './commands/sandbox.ts'
import { sourcesCommand } from './commands/sources.ts'
import { storeCommand } from './commands/store.ts'
import { triageCommand } from './commands/triage.ts'
import { trustCommand } from './commands/trust.ts'
import { validateCommand } from './commands/validate.ts'
import { version } from './version.ts'

/** Every command, in the order of the help. */
const commands = [
  huntCommand,
  ingestCommand,
  findingsCommand,
  findingCommand,
  triageCommand,
  eventsCommand,
  evidenceCommand,
  evtxCommand,
  certCommand,
  pivotCommand,
  investigateCommand,
  leadsCommand,
  retrohuntCommand,
  ctCommand,
  canaryCommand,
  coverageCommand,
  checklistCommand,
  trustCommand,
  approveCommand,
  reviewCommand,
  containCommand,
  sandboxCommand,
  validateCommand,
  quarantineCommand,
  sourcesCommand,
  detectionsCommand,
  storeCommand,
  doctorCommand,
] as const

/** The command line as a whole. Parsing errors end with exit code 2. */
export function program(): Command {
  const root = new Command('counterseal')
    .description(
      'Evidence about certificates and trust: who looks us up, what bent a machine’s trust, which infrastructure is one.',
    )
    .version(version, '-V, --version')
    .showHelpAfterError('(run with --help for more)')
    .exitOverride(error => {
      throw Object.assign(error, { exitCode: error.exitCode === 0 ? 0 : exitCodes.usage })
    })
    .addHelpText(
      'after',
      examples(
        'counterseal hunt examples/',
        'counterseal ingest /var/log/zeek && counterseal hunt --data ./counterseal-data',
      ),
    )
  for (const make of commands) {
    const command = make()
    inherit(command, root)
    root.addCommand(command)
  }
  return root
}

function inherit(command: Command, above: Command): void {
  command.copyInheritedSettings(above)
  for (const below of command.commands) inherit(below, command)
}
