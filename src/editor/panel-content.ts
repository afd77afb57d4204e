import type * as vscode from 'vscode'
import type { PanelSnapshot, RunEvent } from '../model/panel.ts'
import type { Run } from '../model/run.ts'

/** What the results panel shows: a state to start from, and what has happened and will happen since. */
export interface PanelContent {
  readonly folder: vscode.WorkspaceFolder
  readonly route: string
  readonly snapshot: PanelSnapshot
  readonly events: readonly RunEvent[]
  /** Null where nothing more will happen. */
  readonly onDidEmit: vscode.Event<RunEvent> | null
}

/** The state before anything has happened. */
export function emptySnapshot(route: string, before: Run | null): PanelSnapshot {
  return {
    route,
    status: 'preparing',
    activity: '',
    plan: null,
    conditions: null,
    preflight: null,
    ticks: [],
    steps: [],
    verdict: null,
    failure: null,
    before,
    comparison: null,
  }
}

/** A run that ended earlier, as the panel shows it. */
export function keptRunContent(folder: vscode.WorkspaceFolder, run: Run): PanelContent {
  const { route, plan, conditions, preflight, ticks, steps, verdict } = run
  const snapshot: PanelSnapshot = {
    ...emptySnapshot(route, null),
    status: 'finished',
    plan,
    conditions,
    preflight,
    ticks,
    steps,
    verdict,
  }
  return { folder, route, snapshot, events: [], onDidEmit: null }
}
