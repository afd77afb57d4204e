import * as vscode from 'vscode'
import type { Finding } from '../../model/finding.ts'
import type { Inspector } from '../inspector.ts'
import type { FolderReference } from '../route-reference.ts'

/** A finding as commands pass it around: the URI of its workspace folder, its rule and its place. */
export interface FindingReference extends FolderReference {
  readonly rule: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/** The reference in a command's argument, or null where a command was called without one. */
export function asFindingReference(value: unknown): FindingReference | null {
  if (typeof value !== 'object' || value === null) return null
  const { folder, rule, file, line, column } = value as Partial<Record<keyof FindingReference, unknown>>
  return typeof folder === 'string' &&
    typeof rule === 'string' &&
    typeof file === 'string' &&
    typeof line === 'number' &&
    typeof column === 'number'
    ? { folder, rule, file, line, column }
    : null
}

/** What the light bulb offers where Headroom can carry out no fix itself. Nothing is sent without the person. */
export function assistantAction({ folder }: Inspector, finding: Finding): vscode.CodeAction {
  const title = vscode.l10n.t('Fix with Copilot…')
  const { rule, file, line, column } = finding
  const reference: FindingReference = { folder: folder.uri.toString(), rule, file, line, column }
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix)
  action.command = { title, command: 'headroom.fixWithAssistant', arguments: [reference] }
  return action
}
