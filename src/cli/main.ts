#!/usr/bin/env node
import { CommanderError } from 'commander'
import { CountersealError, exitCodes } from '../base/index.ts'
import { printable } from './output.ts'
import { program } from './program.ts'

/** The edge: errors become sentences and exit codes here and nowhere else. */
try {
  await program().parseAsync(process.argv)
} catch (cause) {
  if (cause instanceof CommanderError) process.exitCode = cause.exitCode
  else if (cause instanceof CountersealError) {
    process.stderr.write(`counterseal: ${printable(cause.message)}\n  ${cause.remedy}\n`)
    process.exitCode = cause.exitCode
  } else {
    process.stderr.write(
      `counterseal has a defect; please report what follows.\n${cause instanceof Error ? cause.stack : String(cause)}\n`,
    )
    process.exitCode = exitCodes.defect
  }
}
