import * as vscode from 'vscode'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** How long ago something was, in few words: `just now`, `3 min ago`, `2 h ago`, `5 days ago`. */
export function timeAgo(then: Date, now: Date): string {
  const millis = now.getTime() - then.getTime()
  if (millis < minute) return vscode.l10n.t('just now')
  if (millis < hour) return vscode.l10n.t('{0} min ago', Math.floor(millis / minute))
  if (millis < day) return vscode.l10n.t('{0} h ago', Math.floor(millis / hour))
  const days = Math.floor(millis / day)
  return days === 1 ? vscode.l10n.t('yesterday') : vscode.l10n.t('{0} days ago', days)
}
