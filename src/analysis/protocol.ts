import type { FailureData } from '../model/failure.ts'
import type { CheckReport, Finding, Fix } from '../model/finding.ts'
import type { Overlay } from '../model/source.ts'
import type { Table } from './facts.ts'
import type { Ignore } from './suppressions.ts'

export interface CheckRequest {
  /** Findings that the project's configuration doesn't want to see. */
  readonly ignore?: readonly Ignore[]
  readonly overlays?: readonly Overlay[]
}

/** Which fix to carry out: of the finding of a rule at a line. */
export interface FixRequest {
  readonly finding: Pick<Finding, 'rule' | 'file' | 'line'>
  readonly fix: string
  readonly overlays?: readonly Overlay[]
}

/** What the worker is asked, and what it answers; `id` joins the two. */
export type ToWorker =
  | { readonly kind: 'check'; readonly id: number; readonly request: CheckRequest }
  | { readonly kind: 'fix'; readonly id: number; readonly request: FixRequest }
  | { readonly kind: 'tables'; readonly id: number }

export type FromWorker =
  | { readonly kind: 'checked'; readonly id: number; readonly report: CheckReport }
  | { readonly kind: 'fixed'; readonly id: number; readonly fix: Fix }
  | { readonly kind: 'tables'; readonly id: number; readonly tables: readonly Table[] }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: FailureData }
