import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import type { App } from '../../app.ts'
import { CountersealError } from '../../base/index.ts'
import { defaultData, shipped } from '../../config.ts'
import { storeIntel } from '../../detect/index.ts'
import { watchFor } from '../../hostname/index.ts'
import type { SiteInputs } from '../../inputs/index.ts'
import { loadSiteInputs, noInputs } from '../../inputs/index.ts'
import type { CaseLogEntry, Finding, KeptEntry } from '../../model/index.ts'
import { urgency } from '../../model/index.ts'
import type { IssuedNearby, Override, Triage, TriageSources } from '../../triage/index.ts'
import { isForLevelOne, loadTriage, triage, triageWithSteps } from '../../triage/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, withStoreOptions } from '../command.ts'
import { ownedDomains, reviewIssued } from '../review-issued.ts'
import { showTriage, showTriageList, triageRecord } from '../show-triage.ts'

type TriageOptions = StoreOptions & { readonly inputs?: string }

export function triageCommand(): Command {
  return new Command('triage')
    .description('the runbook’s questions, its decision and its steps, computed for what was found (docs/triage.md)')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(answerCommand())
    .addCommand(decisionCommand('escalate', 'hand a finding on to tier 2'))
    .addCommand(closeCommand())
    .addHelpText(
      'after',
      examples(
        'counterseal triage list --inputs site',
        'counterseal triage show 7853e79833358d5f9763f392d7b8703f --inputs site',
        'counterseal triage close 7853e79833358d5f9763f392d7b8703f --inputs site --by e.berg --because "test of CHG-17" --second m.roth',
      ),
    )
}

function withTriageOptions(command: Command): Command {
  command.option('--inputs <dir>', 'directory with inputs.yaml: inventory, changes, feeds, alerts … (docs/triage.md)')
  return withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
}

const findingHelp = '32 hexadecimal digits, as `counterseal triage list` shows them'
const defaults = { data: defaultData }

function listCommand(): Command {
  const command = new Command('list')
    .description('findings of the last hunt that are for level 1, what was computed of each and what became of it')
    .option('--open', 'only those that nobody escalated or closed')
    .addHelpText('after', examples('counterseal triage list --inputs site --open'))
  return withTriageOptions(command).action(
    action<TriageOptions & { readonly open?: boolean }>(async ({ app, output, options, signal }) => {
      const desk = await openDesk(app, options, signal)
      const wanted = desk.findings.filter(one => isForLevelOne(desk.definition, one)).sort(byUrgency)
      const told = []
      for (const finding of wanted) {
        const entries = desk.entriesOf(finding.finding_id)
        if (
          options.open === true &&
          entries.some(({ entry }) => entry.action === 'close' || entry.action === 'escalate')
        )
          continue
        const made = (await triage(desk.store, desk.sourcesFor(finding))).triage
        told.push({ finding, triage: made, entries })
      }
      if (output.json) for (const one of told) output.record(triageRecord(one))
      else showTriageList(output, told, desk.inputs)
      return 0
    }, defaults),
  )
}

function showCommand(): Command {
  const command = new Command('show')
    .description('one finding: every answer with what it stands on, the decision, and the steps of level 1 and tier 2')
    .argument('<finding>', findingHelp)
    .addHelpText('after', examples('counterseal triage show 7853e79833358d5f9763f392d7b8703f --inputs site'))
  return withTriageOptions(command).action(
    action<TriageOptions>(async ({ app, output, options, args, signal }) => {
      const desk = await openDesk(app, options, signal)
      const finding = desk.findingOf(args[0] ?? '')
      await storeIntel(desk.store, app.intel())
      const made = await triageWithSteps(desk.store, desk.sourcesFor(finding), app.intel().snapshot)
      const entries = desk.entriesOf(finding.finding_id)
      if (output.json) output.record({ ...triageRecord({ finding, triage: made.triage, entries }), steps: made.steps })
      else showTriage(output, { finding, triage: made.triage, entries, steps: made.steps, inputs: desk.inputs })
      return 0
    }, defaults),
  )
}

type Signed = TriageOptions & { readonly by: string; readonly because: string }

function signed(command: Command): Command {
  return command
    .requiredOption('--by <name>', 'who decides; nobody checks that they are it')
    .requiredOption('--because <text>', 'why')
}

function answerCommand(): Command {
  const command = signed(new Command('answer'))
    .description('answer a question yourself; what was computed stays beside it')
    .argument('<finding>', findingHelp)
    .addOption(new Option('--question <id>', 'which').choices(['q1', 'q2', 'q3']).makeOptionMandatory())
    .addOption(new Option('--verdict <answer>', 'your answer').choices(['yes', 'no', 'unknown']).makeOptionMandatory())
    .addHelpText(
      'after',
      examples(
        'counterseal triage answer 7853e79833358d5f9763f392d7b8703f --question q2 --verdict yes --by e.berg --because "asked the owner, ticket 812"',
      ),
    )
  return withTriageOptions(command).action(
    action<Signed & { readonly question: Override['question']; readonly verdict: Override['verdict'] }>(
      async ({ app, output, options, args, signal }) => {
        const desk = await openDesk(app, options, signal)
        const finding = desk.findingOf(args[0] ?? '')
        const before = (await triage(desk.store, desk.sourcesFor(finding))).triage
        const { question, verdict } = options
        await desk.keep(finding, {
          action: 'answer',
          ...words(options),
          question,
          verdict,
          computed: computedOf(before),
        })
        const after = (await triage(desk.store, desk.sourcesFor(finding))).triage
        if (output.json)
          output.record(triageRecord({ finding, triage: after, entries: desk.entriesOf(finding.finding_id) }))
        else
          output.line(
            `kept: ${question} is ${verdict}. Decision: ${after.decision.decision}. ${after.decision.because}`,
          )
        return 0
      },
      defaults,
    ),
  )
}

function decisionCommand(name: 'escalate', description: string): Command {
  const command = signed(new Command(name)).description(description).argument('<finding>', findingHelp)
  command.addHelpText(
    'after',
    examples(
      `counterseal triage ${name} 7853e79833358d5f9763f392d7b8703f --by e.berg --because "the source is unknown"`,
    ),
  )
  return withTriageOptions(command).action(
    action<Signed>(async ({ app, output, options, args, signal }) => {
      const desk = await openDesk(app, options, signal)
      const finding = desk.findingOf(args[0] ?? '')
      const made = (await triage(desk.store, desk.sourcesFor(finding))).triage
      await desk.keep(finding, { action: name, ...words(options), computed: computedOf(made) })
      if (output.json)
        output.record(triageRecord({ finding, triage: made, entries: desk.entriesOf(finding.finding_id) }))
      else
        output.line(
          `kept: escalated to tier 2 by ${options.by}. Computed: ${made.decision.decision}. ${made.decision.because}`,
        )
      return 0
    }, defaults),
  )
}

function closeCommand(): Command {
  const command = signed(new Command('close'))
    .description('close a finding; against a computed escalation somebody else has to agree')
    .argument('<finding>', findingHelp)
    .option('--second <name>', 'who agrees, when what was computed is to escalate')
    .addHelpText(
      'after',
      examples(
        'counterseal triage close 7853e79833358d5f9763f392d7b8703f --by e.berg --because "ordered, CHG-17" --second m.roth',
      ),
    )
  return withTriageOptions(command).action(
    action<Signed & { readonly second?: string }>(async ({ app, output, options, args, signal }) => {
      const desk = await openDesk(app, options, signal)
      const finding = desk.findingOf(args[0] ?? '')
      const made = (await triage(desk.store, desk.sourcesFor(finding))).triage
      const second = secondName(made, options)
      await desk.keep(finding, {
        action: 'close',
        ...words(options),
        ...(second === undefined ? {} : { second }),
        computed: computedOf(made),
      })
      if (output.json)
        output.record(triageRecord({ finding, triage: made, entries: desk.entriesOf(finding.finding_id) }))
      else
        output.line(
          `kept: closed by ${options.by}${second === undefined ? '' : ` and ${second}`}. Computed: ${made.decision.decision}.`,
        )
      return 0
    }, defaults),
  )
}

/** Throws `usage/bad-argument` where a second name is needed and is not there, or is the first. */
function secondName(
  { decision }: Triage,
  { by, second }: { readonly by: string; readonly second?: string },
): string | undefined {
  if (decision.decision !== 'escalate') return second
  const isAnother =
    second !== undefined && second.trim() !== '' && second.trim().toLowerCase() !== by.trim().toLowerCase()
  if (isAnother) return second
  throw new CountersealError('usage/bad-argument', {
    message: `What was computed is to escalate (${decision.because}). Closing it needs the name of somebody else who agrees.`,
    remedy: 'Ask somebody, and name them with --second; or answer a question with `counterseal triage answer`.',
  })
}

function words({ by, because }: Signed): { readonly by: string; readonly because: string } {
  for (const text of [by, because])
    if (text.trim() === '' || text.length > 2000)
      throw new CountersealError('usage/bad-argument', { message: '--by and --because take 1 to 2000 characters.' })
  return { by, because }
}

function computedOf({ answers, decision }: Triage): CaseLogEntry<'triage'>['computed'] {
  return {
    answers: Object.fromEntries(answers.map(({ id, verdict }) => [id, verdict])),
    decision: decision.decision,
    because: decision.because,
    inputs_version: answers[0].inputs_version,
  }
}

/** The last hunt with everything that its findings are triaged by. */
async function openDesk(app: App, { inputs: directory }: TriageOptions, signal: AbortSignal) {
  const cases = await app.cases()
  const [hunt] = await cases.hunts({ limit: 1 })
  if (hunt === undefined)
    throw new CountersealError('usage/not-found', {
      message: 'No hunt was kept here yet.',
      remedy: 'Hunt first, and keep it: `counterseal hunt PATH --data DIR`.',
    })
  const inputs = directory === undefined ? noInputs : loadSiteInputs(directory)
  const definition = loadTriage(join(shipped('analytics'), 't1596-003'))
  const findings = await cases.findings(hunt.hunt_id)
  const log: KeptEntry<'triage'>[] = [...(await cases.caseLog('triage'))]
  const entriesOf = (id: string) => log.filter(({ subject }) => subject === id)
  const store = await app.events()
  const issued = await issuedAround(
    app,
    findings.filter(one => one.analytic === definition.analytic),
    inputs,
    signal,
  )
  return {
    ...{ inputs, definition, findings, entriesOf, store },
    findingOf: (id: string): Finding => {
      const found = findings.find(({ finding_id }) => finding_id === id.toLowerCase())
      if (found?.analytic === definition.analytic) return found
      throw new CountersealError('usage/not-found', {
        message:
          found === undefined
            ? `The last hunt has no finding ${id}.`
            : `Finding ${id} is of ${found.analytic}; this runbook is for ${definition.analytic}.`,
        remedy: '`counterseal triage list` shows what is there.',
      })
    },
    sourcesFor: (finding: Finding): TriageSources => ({
      ...{ definition, finding, inputs, issued, signal },
      others: findings.filter(one => one.finding_id !== finding.finding_id),
      localNetworks: app.config.localNetworks,
      catalogues: app.intel().catalogues,
      overrides: entriesOf(finding.finding_id).flatMap(({ entry: { question, verdict, by, because } }) =>
        question === undefined || verdict === undefined ? [] : [{ question, verdict, by, because }],
      ),
    }),
    keep: async ({ finding_id }: Finding, entry: CaseLogEntry<'triage'>) => {
      const entry_id = randomUUID()
      await cases.addToCaseLog('triage', finding_id, entry, entry_id)
      log.push({ entry_id, recorded_at: new Date(), subject: finding_id, entry })
    },
  }
}

/** New certificates for our names since a day before the first of the findings. */
async function issuedAround(
  app: App,
  findings: readonly Finding[],
  inputs: SiteInputs,
  signal: AbortSignal,
): Promise<IssuedNearby> {
  const owned = ownedDomains(app)
  const watch = watchFor(owned)
  if (owned.length === 0 || watch === undefined)
    return { certificates: [], missing: 'which domains are ours: owned-names in a directory of your own (--intel)' }
  const first = Math.min(...findings.map(one => Date.parse(one.first_seen)))
  if (!Number.isFinite(first)) return { certificates: [], missing: '' }
  const { reviewed, listMissing } = await reviewIssued(app, { owned, watch, since: first - 86_400_000, inputs, signal })
  const certificates = reviewed.map(({ certificate: { names, not_before, sha256, id }, state, verdict, because }) => ({
    ...{ names, not_before, state, verdict },
    because: because[0] ?? '',
    certificate: sha256 === '' ? id : sha256,
  }))
  return { certificates, missing: listMissing }
}

function byUrgency(a: Finding, b: Finding): number {
  return urgency(b.verdict) - urgency(a.verdict) || b.score - a.score || (a.finding_id < b.finding_id ? -1 : 1)
}
