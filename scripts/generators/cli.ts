import type { Command } from 'commander'
import { exitCodes } from '../../src/base/index.ts'
import { program } from '../../src/cli/program.ts'
import { type Generator, generatedNote } from './generator.ts'

/** Columns. A terminal of any other width breaks lines elsewhere. */
const width = 100

/** Every command's help, in the program's own order. */
export const cli: Generator = {
  path: 'docs/cli.md',
  generate: async () => {
    const root = program()
    const commands = root.commands.flatMap(withSubcommands).map(
      ({ name, command }) => `
## counterseal ${name}

\`\`\`text
${helpOf(command)}
\`\`\`
`,
    )
    return `# Command line

${generatedNote}

In a checkout, \`npm start -- ARGUMENTS\` is \`counterseal hunt ARGUMENTS\`, and \`npm run dev -- COMMAND …\` is any command.
After \`npm run build\` the program is \`node dist/cli/main.js\`.

Results go to standard output, everything about the work to standard error. \`--json\` writes one object a line; its \`type\`
says what it is: \`reading\`, \`problem\`, \`finding\`, \`answer\`, \`record\`, \`malformed\`, \`source\`, \`detection\` or \`check\`;
of \`counterseal store\` it is \`store\`, \`table\`, \`kind\`, \`disk\`, \`unfinished_restore\`, \`migration\`, \`backup\`,
\`restored\` or \`retention\`; of \`counterseal cert\` it is \`certificate\`, \`page\`, \`count\` or \`facet\`; of \`counterseal
pivot\` it is \`seed\`, \`lead\`, \`related\` or \`coverage\`; of \`counterseal checklist\` it is \`checklist_item\`; of
\`counterseal review\` it is \`review\`, \`hunt\`, \`reviewed_finding\` or \`trust_change\`.
\`counterseal events --json\` writes the events themselves, without \`type\`. \`NO_COLOR\` takes the colours away.

| exit code | when |
|---|---|
| 0 | the command ended well, whatever it found |
| ${exitCodes.findings} | \`--fail-on\` was given and a finding reaches that verdict |
| ${exitCodes.usage} | the command was used wrongly, or a definition is wrong |
| ${exitCodes.unreadable} | nothing of what was asked for could be read, or a store could not be used; \`doctor\`: a check failed |
| ${exitCodes.defect} | a defect of Counterseal |

[errors.md](errors.md) has every error with its exit code.

## counterseal

\`\`\`text
${helpOf(root)}
\`\`\`
${commands.join('')}`
  },
}

function withSubcommands(command: Command): readonly { readonly name: string; readonly command: Command }[] {
  const below = command.commands.map(one => ({ name: `${command.name()} ${one.name()}`, command: one }))
  return [{ name: command.name(), command }, ...below]
}

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut: part => {
      text += part
    },
    getOutHelpWidth: () => width,
    getOutHasColors: () => false,
  })
  command.outputHelp()
  return text.trimEnd()
}
