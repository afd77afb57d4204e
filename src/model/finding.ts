import type { Route } from './route.ts'
import type { FileEdit, Location, Span } from './source.ts'

/** `info` is a static suspicion, `warning` one that a measurement confirmed. Headroom never says more. */
export type Severity = 'info' | 'warning'

/** `safe`: behaviour is preserved. `review`: what clients see changes, a person must agree. */
export type FixSafety = 'safe' | 'review'

export interface FixSummary {
  readonly id: string
  readonly title: string
  readonly safety: FixSafety
}

/** A fix carried out: one undoable change, possibly over several files. */
export interface Fix extends FixSummary {
  readonly edits: readonly FileEdit[]
}

/** One defect at one place. `routes` are the keys of all routes that reach it, `route` is the first of them. */
export interface Finding extends Span {
  readonly rule: string
  readonly severity: Severity
  readonly message: string
  readonly route: string | null
  readonly routes: readonly string[]
  /** The calls that lead from the handler to the defect, handler first. */
  readonly path: readonly Location[]
  readonly fixes: readonly FixSummary[]
  readonly provenance: string | null
}

/** Something that kept a part of the code from being inspected; never silently dropped. */
export interface Problem {
  readonly kind: 'parse' | 'rule' | 'read' | 'suppression' | 'config'
  readonly file: string
  readonly line: number
  readonly message: string
}

export interface CheckReport {
  readonly schema: 'headroom.check/1'
  readonly routes: readonly Route[]
  readonly findings: readonly Finding[]
  /** What could be added where it isn't a defect that it is missing: a cache, a rate limit. Never shown as findings. */
  readonly scaffolds: readonly Finding[]
  readonly problems: readonly Problem[]
  /** The tables that each route reads, by route key; what reads many rows first. Names as the code has them. */
  readonly reads?: Readonly<Record<string, readonly string[]>>
}

export interface RoutesReport {
  readonly schema: 'headroom.routes/1'
  readonly routes: readonly Route[]
}
