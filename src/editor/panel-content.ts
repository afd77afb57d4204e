import type * as vscode from 'vscode'
import type { Comparison } from '../model/comparison.ts'
import type { FailureData } from '../model/failure.ts'
import { emptySnapshot, snapshotOfRun, type PanelSnapshot, type RunEvent } from '../model/panel.ts'
import type { Run } from '../model/run.ts'

/** What the results panel shows: a state to start from, and what has happened and will happen since. */
export interface PanelContent {
  readonly folder: vscode.WorkspaceFolder
  readonly route: string
  /** What was measured; null until there is a result. */
  readonly run: Run | null
  readonly snapshot: PanelSnapshot
  readonly events: readonly RunEvent[]
  /** Null where nothing more will happen. */
  readonly onDidEmit: vscode.Event<RunEvent> | null
}

/** Another run that is drawn before the one that is shown. */
export interface Before {
  readonly run: Run
  readonly comparison: Comparison
}

/** A run that ended earlier, as the panel shows it; over another one where that is asked for. */
export function keptRunContent(
  folder: vscode.WorkspaceFolder,
  run: Run,
  before: Before | null = null,
): PanelContent {
  const snapshot = snapshotOfRun(run, before?.run ?? null, before?.comparison ?? null)
  return { folder, route: run.route, run, snapshot, events: [], onDidEmit: null }
}

/** A load test that left nothing to show but why. */
export function failedContent(
  folder: vscode.WorkspaceFolder,
  route: string,
  failure: FailureData,
): PanelContent {
  const snapshot = { ...emptySnapshot(route, null), status: 'failed' as const, failure }
  return { folder, route, run: null, snapshot, events: [], onDidEmit: null }
}
