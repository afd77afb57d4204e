import type * as vscode from 'vscode'
import { snapshotOfRun, type PanelSnapshot, type RunEvent } from '../model/panel.ts'
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

/** A run that ended earlier, as the panel shows it. */
export function keptRunContent(folder: vscode.WorkspaceFolder, run: Run): PanelContent {
  return { folder, route: run.route, snapshot: snapshotOfRun(run, null, null), events: [], onDidEmit: null }
}
