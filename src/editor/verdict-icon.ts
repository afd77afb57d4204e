import * as vscode from 'vscode'
import type { VerdictKind } from '../model/verdict.ts'

/** A verdict in lists; its colour never says anything that its shape doesn't. */
export function verdictIcon(verdict: VerdictKind): vscode.ThemeIcon {
  switch (verdict) {
    case 'holds':
      return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'))
    case 'breaks':
      return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
    case 'fails-before-load':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'))
    case 'stopped':
      return new vscode.ThemeIcon('debug-stop')
    case 'not-measured':
      break
  }
  return new vscode.ThemeIcon('question')
}
