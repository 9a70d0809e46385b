import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Argument, Command } from 'commander'
import type { App } from '../../app.ts'
import type { CertificateNamed, Checklist, HostFacts, SettingSeen } from '../../checklist/index.ts'
import { factsOf, judgeAll, loadChecklist } from '../../checklist/index.ts'
import { defaultData, shipped } from '../../config.ts'
import type { Finding } from '../../model/index.ts'
import { coverageOfHosts, loadEvidence } from '../../telemetry/index.ts'
import { certificateLeads } from '../certificate-leads.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, withStoreOptions } from '../command.ts'
import { checklistMarkdown, checklistRecords, showChecklist } from '../show-checklist.ts'

type ChecklistOptions = StoreOptions & { readonly host?: string; readonly markdown?: boolean }

export function checklistCommand(): Command {
  const command = new Command('checklist')
    .description('hardening, incident response, or the review of a PKI as a list, filled in as far as evidence says')
    .addArgument(new Argument('<analytic>', 'which list').choices(['an1246', 't1596-003']))
    .option('--host <name>', 'only this host, item by item: its name, whole or up to a dot')
    .option('--markdown', 'as Markdown, for a ticket')
    .addHelpText(
      'after',
      examples(
        'counterseal checklist an1246',
        'counterseal checklist an1246 --host ws01 --markdown > checklist.md',
        'counterseal checklist t1596-003',
      ),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<ChecklistOptions>(
      async ({ app, output, options, args, signal }) => {
        const checklist = loadChecklist(join(shipped('analytics'), args[0] ?? ''))
        const store = await app.events()
        const host = options.host?.toLowerCase()
        const only = host === undefined ? {} : { host }
        const settings = new Map<string, readonly SettingSeen[]>()
        const evidence = loadEvidence(shipped('analytics'))
        for await (const one of coverageOfHosts(store, evidence, { ...only, signal }))
          settings.set(one.host_name, one.settings)
        const findings = await lastFindings(app, checklist.analytic)
        const certificates = await certificatesOf(app, findings ?? [])
        const hosts = await factsOf(store, checklist, { ...only, settings, findings, certificates, signal })
        const judged = judgeAll(
          checklist,
          hosts.filter(one => appliesTo(checklist, one)),
        )
        if (output.json) for (const record of checklistRecords(judged)) output.record(record)
        else if (options.markdown === true) output.line(checklistMarkdown(checklist, judged).trimEnd())
        else showChecklist(output, checklist, judged)
        return 0
      },
      { data: defaultData },
    ),
  )
}

/** A list for some machines only is for those that show that they are one. */
function appliesTo({ applies_to }: Checklist, { settings, findings }: HostFacts): boolean {
  const shows = settings.some(({ setting, state }) => applies_to.includes(setting) && state !== 'not_seen')
  return applies_to.length === 0 || shows || (findings ?? []).length > 0
}

/** Undefined when no hunt was kept; a case store is not made for it. */
async function lastFindings(app: App, analytic: string): Promise<readonly Finding[] | undefined> {
  if (app.config.postgres === undefined && !existsSync(join(app.data, 'cases'))) return undefined
  const store = await app.cases()
  const [hunt] = await store.hunts({ limit: 1 })
  return hunt === undefined ? undefined : (await store.findings(hunt.hunt_id)).filter(one => one.analytic === analytic)
}

async function certificatesOf(app: App, findings: readonly Finding[]): Promise<readonly CertificateNamed[]> {
  const named: CertificateNamed[] = []
  for (const finding of findings)
    for (const { fingerprint, kind } of await certificateLeads(app, finding))
      named.push({ fingerprint, known: kind === 'pivot', finding_id: finding.finding_id })
  return named
}
