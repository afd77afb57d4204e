import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { classify, type Judgement } from '../../src/provenance/classify.ts'
import type { EditEvent, EventContext } from '../../src/provenance/event.ts'

/** What was done in a real editor when an event was recorded. */
export const kinds = [
  'typing',
  'paste',
  'inline-accept',
  'chat-edit',
  'refactoring',
  'format',
  'undo',
  'checkout',
  'agent-disk',
] as const
export type Kind = (typeof kinds)[number]

/** What a person does, or a tool for them: labelling it AI-inserted would be wrong. */
export const neverAi: readonly Kind[] = ['typing', 'format', 'undo', 'checkout']

export interface RecordedEvent {
  readonly kind: Kind
  readonly event: EditEvent
  readonly context: EventContext
}

export interface Replayed {
  readonly kind: Kind
  /** `undo.ndjson:17` */
  readonly place: string
  readonly recorded: RecordedEvent
  readonly judgement: Judgement
}

/** Classifies every recorded event of a folder's `*.ndjson`. Throws for a line that isn't JSON or of no known kind. */
export function replay(folder: string): Replayed[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ndjson'))
  return files.toSorted().flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => {
        if (line === '') return []
        const recorded: RecordedEvent = JSON.parse(line)
        const { kind, event, context } = recorded
        const place = `${file}:${index + 1}`
        if (!kinds.includes(kind)) throw new Error(`${place} is of no known kind.`)
        return [{ kind, place, recorded, judgement: classify(event, context) }]
      }),
  )
}

/** The replayed events that were labelled AI-inserted though a person, or a tool for them, made them. */
export function wrongOnes(replayed: readonly Replayed[]): Replayed[] {
  return replayed.filter(({ kind, judgement }) => neverAi.includes(kind) && judgement.label === 'ai-inserted')
}
