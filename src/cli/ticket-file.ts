import { existsSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { App } from '../app.ts'
import { CountersealError } from '../base/index.ts'
import { ticketExports } from '../exports/index.ts'
import type { Finding } from '../model/index.ts'
import { certificateLeads } from './certificate-leads.ts'

/** A finding as Markdown for a ticket. */
export async function ticketText(app: App, finding: Finding): Promise<string> {
  const leads = await certificateLeads(app, finding)
  const [markdown] = ticketExports.filter(({ name }) => name === 'markdown')
  return [...(markdown?.write({ finding, leads }) ?? [])].join('')
}

/**
 * Before the work, not after it. Throws `usage/bad-argument` when there is a file and it was not said to be replaced, and
 * when there is no place for one.
 */
export function refuseToOverwrite(path: string, force: boolean): void {
  if (!existsSync(dirname(path)))
    throw new CountersealError('usage/bad-argument', {
      message: `${path} cannot be written: there is no directory ${dirname(path)}.`,
      remedy: 'Make the directory first, or name a file elsewhere.',
    })
  if (force || !existsSync(path)) return
  throw new CountersealError('usage/bad-argument', {
    message: `${path} is there already, and was not overwritten.`,
    remedy: 'Name another file, or add --force to replace this one.',
  })
}

/** One page for all findings, in their order; a ruler stands between two. */
export async function writeTickets(
  app: App,
  path: string,
  findings: readonly Finding[],
  options: { readonly force: boolean },
): Promise<void> {
  const texts: string[] = []
  for (const finding of findings) texts.push(await ticketText(app, finding))
  const text = texts.length === 0 ? 'No finding that asks for a decision.\n' : texts.join('\n---\n\n')
  try {
    writeFileSync(path, text, { flag: options.force ? 'w' : 'wx' })
  } catch (cause) {
    throw new CountersealError('usage/bad-argument', {
      message: `${path} could not be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      remedy: 'Name a file in a directory that this user may write in.',
      cause,
    })
  }
}
