import type { Found } from './hunt-fresh.ts'

/**
 * Why a row gives what it gives, by whoever read its records (November 2026). A review in a row that nobody read is a
 * fault, and so is an attack on trust that gives nothing and is not read.
 */
type Reading = { readonly path: string; readonly why: string }

const readings: readonly Reading[] = [
  {
    path: 'T1553.003_sysmon_12_13_SIP_provider_registration.evtx',
    why: 'regsvr32.exe registers a SIP of an unknown GUID for six functions, with a DLL below a user’s folder: rule A2. Nothing of it is loaded in this log.',
  },
  {
    path: 'T1553.004_sysmon1_certutil_addstore_sigma.evtx',
    why: 'One record, the command certutil -addstore -f root. A command is no change yet (§5.1 T-02): a review until the registry confirms it.',
  },
  {
    path: 'T1553.006_security4826_testsigning_on.evtx',
    why: 'Two starts of Windows, the second with test signing: rule A8.',
  },
  {
    path: 'proc_creation_win_pua_kdu_driver_tool.evtx',
    why: 'One record, the command of a loader of drivers that was given one. One class, so a review.',
  },
  {
    path: 'proc_creation_win_vulnerable_driver_blocklist_registry_tampering.evtx',
    why: 'One record, the command reg add … VulnerableDriverBlocklistEnable. What it changes is in another sample of the corpus; the command alone may have failed, so a review.',
  },
  {
    path: 'registry_set_vulnerable_driver_blocklist_disable.evtx',
    why: 'One record, Sysmon 13: the list of vulnerable drivers was switched off. One class, so a review.',
  },
  {
    path: 'sysmon7_sideload_plus_RunKey_persist.evtx',
    why: 'A program in a profile loads the DLL beside it and sets a Run key: two classes, joined by the process. 50 points alone are a review; among ten hosts, where its rarity counts 1.3 times, it is an alert.',
  },
]

export function readingOf(path: string): string | undefined {
  return readings.find(one => path.endsWith(`/${one.path}`))?.why
}

/** Reviews that only all recordings together give, by what their sentence has in it. */
const togetherReadings: readonly { readonly says: string; readonly why: string }[] = [
  {
    says: 'Outflank-Dumpert.exe',
    why: 'The recording LSASS_campaign_06 alone gives it 22.5 points: the mark of the web was taken off a payload, it ran unsigned, and so did a dumper of memory. They are an attacker’s programs. Among ten hosts and more, what one host has alone counts 1.3 times, which makes it a review. It is one class, and no change of trust.',
  },
]

export function readingOfTogether({ summary }: Pick<Found, 'summary'>): string | undefined {
  return togetherReadings.find(({ says }) => summary.includes(says))?.why
}

/** Somebody has to decide about it. */
export function asksForReading({ verdict }: Found): boolean {
  return verdict === 'review' || isAlarm({ verdict })
}

export function isAlarm({ verdict }: Pick<Found, 'verdict'>): boolean {
  return verdict === 'alert' || verdict === 'incident'
}
