import type { Params } from '../model/index.ts'
import type { Evidence, Picked, Setting, Witness } from './evidence.ts'

/**
 * The questions that are put to every event, made from settings and witnesses: telemetry-witnesses.sql answers all of them
 * in one reading. Equal questions are asked once.
 */
export type Probe = {
  readonly setting: Setting
  /** The subject must be filled. */
  readonly filled: boolean
  /** The subject must hold one of these, if there are any. */
  readonly texts: readonly string[]
}

export function probeKey({ setting, filled, texts }: Probe): string {
  return [setting.id, String(filled), ...texts].join('\n')
}

/** Any event of the setting. */
export const anyEvent = (setting: Setting): Probe => ({ setting, filled: false, texts: [] })

/** Events that can be used: what a witness would have to read is filled. */
export const usableEvent = (setting: Setting): Probe => ({ setting, filled: setting.subject !== undefined, texts: [] })

/** What nobody selects on purpose. */
export const everydayEvent = (setting: Setting): Probe => ({ setting, filled: true, texts: setting.everyday })

/** Events that are of the class. */
export function shownEvent(setting: Setting, { shows }: Witness): Probe {
  return shows.length === 0 ? usableEvent(setting) : { setting, filled: true, texts: shows }
}

/** Events that prove the witness would have spoken. */
export function provingEvent(setting: Setting, { shows, near }: Witness): Probe {
  if (setting.proof !== 'selected') return usableEvent(setting)
  return { setting, filled: true, texts: [...shows, ...near, ...setting.everyday] }
}

export function probesOf({ settings, classes }: Evidence): readonly Probe[] {
  const all = [...settings.values()].flatMap(setting => [
    anyEvent(setting),
    usableEvent(setting),
    ...(setting.everyday.length === 0 ? [] : [everydayEvent(setting)]),
  ])
  for (const witness of classes.flatMap(({ witnesses }) => witnesses)) {
    const setting = settings.get(witness.setting)
    if (setting !== undefined) all.push(shownEvent(setting, witness), provingEvent(setting, witness))
  }
  return [...new Map(all.map(probe => [probeKey(probe), probe])).values()]
}

/** The parameters of telemetry-witnesses.sql. Its probe 1 is the first of the list. */
export function probeParams(probes: readonly Probe[]): Params {
  const { pairs, numbers, channels, event_ids } = pairsOf(probes.map(({ setting }) => setting))
  const texts = [...new Set(probes.flatMap(({ texts }) => texts))]
  return {
    channels,
    event_ids,
    pairs,
    pair_probes: numbers,
    probe_providers: probes.map(({ setting }) => setting.provider.toLowerCase()),
    probe_subjects: probes.map(({ filled, setting }) => (filled ? (setting.subject ?? '') : '')),
    probe_needs_text: probes.map(({ texts }) => (texts.length > 0 ? 1 : 0)),
    texts,
    text_probes: texts.map(text => probes.flatMap((probe, at) => (probe.texts.includes(text) ? [at + 1] : []))),
  }
}

/**
 * Which of a list ask about a channel and an event id: the key of windows_event, so that the engine looks each event up
 * once. Numbers count from 1, as in SQL.
 */
export function pairsOf(asked: readonly { readonly channel: string; readonly event_ids: readonly number[] }[]) {
  const pairs = new Map<string, number[]>()
  for (const [at, { channel, event_ids }] of asked.entries())
    for (const id of event_ids) {
      const pair = `${channel} ${id}`
      pairs.set(pair, [...(pairs.get(pair) ?? []), at + 1])
    }
  return {
    pairs: [...pairs.keys()],
    numbers: [...pairs.values()],
    channels: [...new Set(asked.map(({ channel }) => channel))],
    event_ids: [...new Set(asked.flatMap(({ event_ids }) => event_ids))],
  }
}

/** The parameters by which queries know rows that somebody picked. */
export function pickedParams(picked: readonly Picked[]): Params {
  return {
    picked_sources: picked.map(({ id }) => id),
    picked_marks: picked.map(one => one.with ?? one.without ?? ''),
    picked_having: picked.map(one => (one.without === undefined ? 1 : 0)),
  }
}
