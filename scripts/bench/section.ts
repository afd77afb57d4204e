import type { Progress } from './progress.ts'

/** What a section is given to work with. */
export interface SectionContext {
  readonly signal: AbortSignal
  readonly progress: Progress
  /** Minutes that were asked for; null where the section's own length is meant. */
  readonly minutes: number | null
  /** Whether only this section runs, so that it may take its time. */
  readonly alone: boolean
}

/** Something that must hold, and whether it did. What could not be measured is not met. */
export interface Goal {
  readonly name: string
  readonly measured: string
  readonly goal: string
  readonly met: boolean
  readonly note: string
}

/** What one section found: a table to read, and the goals that decide the exit code. */
export interface SectionReport {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly goals: readonly Goal[]
  /** What a reader must know to judge the figures. */
  readonly notes?: readonly string[]
}

/** One question that the bench answers; each can be run alone by its id. */
export interface Section {
  readonly id: string
  readonly title: string
  /** About how long it takes. */
  readonly seconds: (context: Pick<SectionContext, 'minutes' | 'alone'>) => number
  readonly run: (context: SectionContext) => Promise<SectionReport>
}
