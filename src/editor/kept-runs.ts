import * as vscode from 'vscode'
import type { Run } from '../model/run.ts'
import type { RunEntry } from '../workflows/history.ts'
import type { FolderReference } from './route-reference.ts'

/** A kept run as commands pass it around: the URI of its workspace folder and its id. */
export interface RunReference extends FolderReference {
  readonly run: string
}

/** A kept run of a workspace folder. */
export interface FolderRun extends RunReference {
  readonly place: vscode.WorkspaceFolder
  readonly entry: RunEntry
}

/** The reference in a command's argument, or null where a command was called without one. */
export function asRunReference(value: unknown): RunReference | null {
  if (typeof value !== 'object' || value === null) return null
  const { folder, run } = value as Partial<Record<keyof RunReference, unknown>>
  return typeof folder === 'string' && typeof run === 'string' ? { folder, run } : null
}

/** The references in the arguments of a command on a list: all that are selected, else the one that was clicked. */
export function asRunReferences(clicked: unknown, selected: unknown): RunReference[] {
  const all: readonly unknown[] = Array.isArray(selected) && selected.length > 0 ? selected : [clicked]
  return all.flatMap((each) => asRunReference(each) ?? [])
}

/** The kept runs of a folder, newest first. */
export async function keptRuns(place: vscode.WorkspaceFolder): Promise<FolderRun[]> {
  const { workflows } = await import('./workflows.ts')
  const { listRuns } = await workflows.history()
  const entries = await listRuns(place.uri.fsPath)
  const folder = place.uri.toString()
  return entries.map((entry) => ({ folder, run: entry.id, place, entry }))
}

/** The kept run behind a reference; null where it is gone. */
export async function findKeptRun({ folder, run }: RunReference): Promise<FolderRun | null> {
  const place = vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(folder))
  if (place === undefined) return null
  return (await keptRuns(place)).find((each) => each.run === run) ?? null
}

/** A kept run with all that was measured. Throws `HR_RUN_FILE` where its file is gone. */
export async function readKeptRun({ entry }: FolderRun): Promise<Run> {
  const { workflows } = await import('./workflows.ts')
  const { readRun } = await workflows.runs()
  return readRun(entry.file)
}
