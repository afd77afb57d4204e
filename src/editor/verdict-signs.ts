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
      return new vscode.ThemeIcon('circle-slash')
    case 'not-measured':
      break
  }
  return new vscode.ThemeIcon('question')
}

/** What became of an endpoint's last load test. */
export type EndpointVerdict = VerdictKind | 'never-tested'

/** A verdict in a word or two. */
export function verdictTitle(verdict: EndpointVerdict): string {
  switch (verdict) {
    case 'holds':
      return vscode.l10n.t('Holds')
    case 'breaks':
      return vscode.l10n.t('Breaks')
    case 'fails-before-load':
      return vscode.l10n.t('Fails before load')
    case 'not-measured':
      return vscode.l10n.t('Not measured')
    case 'stopped':
      return vscode.l10n.t('Stopped')
    case 'never-tested':
      break
  }
  return vscode.l10n.t('Never tested')
}
