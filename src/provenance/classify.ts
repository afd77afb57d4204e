import type { Provenance } from '../model/provenance.ts'
import type { EditEvent, EventContext, TextChange } from './event.ts'
import { insertedParts, type OffsetRange } from './inserted.ts'
import { combinedScore, labelOf } from './score.ts'
import { signals } from './signals/index.ts'
import { vetoes } from './vetoes/index.ts'

/** What an event is taken for. */
export interface Judgement {
  /** From 0 to 1. */
  readonly score: number
  readonly label: Provenance['label'] | null
  /** The strongest signal's, in words; null where none was seen. */
  readonly source: string | null
  /** The ids of the signals that were seen, strongest first. */
  readonly signals: readonly string[]
  /** The id of the veto that holds. The score is 0 then, and no signal is asked. */
  readonly veto: string | null
  /** What was inserted, in UTF-16 offsets of the text after the event; empty without a label. */
  readonly ranges: readonly OffsetRange[]
}

const nothing: Judgement = { score: 0, label: null, source: null, signals: [], veto: null, ranges: [] }

/** Judges whether an edit inserted text that an assistant wrote. Pure: the same event and context give the same judgement. */
export function classify(event: EditEvent, context: EventContext): Judgement {
  const veto = vetoes.find(({ holds }) => holds(event, context))
  if (veto !== undefined) return { ...nothing, veto: veto.id }
  const all = signals
    .map((signal) => ({ ...signal, saw: signal.seen(event, context) }))
    .filter(({ saw }) => saw !== null)
    .toSorted((one, other) => other.weight - one.weight)
  const score = combinedScore(all.map(({ weight }) => weight))
  const label = labelOf(score)
  const changes = new Set(all.flatMap(({ saw }) => saw?.changes ?? []))
  return {
    score,
    label,
    source: all[0]?.saw?.source ?? null,
    signals: all.map(({ id }) => id),
    veto: null,
    ranges: label === null ? [] : rangesAfter(event, changes),
  }
}

/** Where the inserted parts of some changes stand in the text after all of the event's changes. */
function rangesAfter(event: EditEvent, chosen: ReadonlySet<TextChange>): OffsetRange[] {
  const parts = insertedParts(event)
  let growth = 0
  const ranges: OffsetRange[] = []
  for (const change of event.changes) {
    const start = change.start + growth
    growth += change.text.length - change.removed.length
    if (!chosen.has(change)) continue
    for (const part of parts.get(change) ?? [])
      ranges.push({ start: start + part.start, end: start + part.end })
  }
  return ranges
}
