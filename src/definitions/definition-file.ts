import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { CountersealError } from '../base/index.ts'

/**
 * Definitions are data in YAML that ship with the program or belong to the user: sources, detections, reference data.
 * All are read through here, so that a wrong one is always told the same way: the file, and everything wrong with it.
 */

/** The folders in a directory, by path, in order of their names. Throws `data/bad-definition`. */
export function foldersIn(directory: string): readonly string[] {
  const entries = attempt(directory, () => readdirSync(directory, { withFileTypes: true }))
  const names = entries.filter(entry => entry.isDirectory()).map(entry => entry.name)
  return names.sort().map(name => join(directory, name))
}

/** The files in a directory whose names end so, by path, in order of their names. Throws `data/bad-definition`. */
export function filesIn(directory: string, ending: string): readonly string[] {
  const names = attempt(directory, () => readdirSync(directory)).filter(name => name.endsWith(ending))
  return names.sort().map(name => join(directory, name))
}

/** The text of a definition's file. Throws `data/bad-definition`. */
export function readDefinitionText(file: string): string {
  return attempt(file, () => readFileSync(file, 'utf8'))
}

/**
 * Parses YAML against a schema. Aliases are refused: they can make a small file unfold without end. `what` is how the
 * file is called in the message. Throws `data/bad-definition`.
 */
export function parseDefinition<Shape extends z.ZodType>(
  what: string,
  file: string,
  text: string,
  schema: Shape,
): z.output<Shape> {
  const parsed = schema.safeParse(attempt(file, () => parse(text, { maxAliasCount: 0 })))
  if (parsed.success) return parsed.data
  throw new CountersealError('data/bad-definition', {
    message: `${file} is no ${what}: ${z.prettifyError(parsed.error)}`,
  })
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CountersealError('data/bad-definition', {
      message: `${path} could not be read as a definition: ${reason}`,
      cause,
    })
  }
}
