import * as vscode from 'vscode'
import { formatMicros } from '../model/format.ts'
import { levelText, type Loaded } from '../model/load-level.ts'
import type { RunEvent } from '../model/panel.ts'
import type { LoadTests } from './load-tests.ts'

/** While a load test runs: users and latency, one click from Stop. Nothing otherwise. */
export function showStatusItem(loadTests: LoadTests): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('headroom.running', vscode.StatusBarAlignment.Left)
  item.name = 'Headroom'
  item.command = 'headroom.stop'

  const changes = loadTests.onDidChange((session) => {
    void vscode.commands.executeCommand('setContext', 'headroom.running', session !== null)
    if (session === null) {
      item.hide()
      return
    }
    const { route } = session
    item.text = `$(loading~spin) ${route}`
    item.tooltip = tooltip(route)
    item.accessibilityInformation = { label: vscode.l10n.t('Load testing {0}. Stop', route), role: 'button' }
    item.show()
    session.onDidEmit((event) => {
      const text = textOf(event)
      if (text !== null) item.text = `$(loading~spin) ${route} · ${text} $(debug-stop)`
    })
  })
  return vscode.Disposable.from(item, changes)
}

function textOf(event: RunEvent): string | null {
  if (event.kind === 'activity') return event.activity
  if (event.kind === 'step-started') return load(event.step)
  if (event.kind !== 'tick') return null
  const users = load(event.tick)
  const { p95, p50 } = event.tick.latencyMicros
  return p95 === null
    ? p50 === null
      ? users
      : `${users} · p50 ${formatMicros(p50)}`
    : `${users} · p95 ${formatMicros(p95)}`
}

function load({ users, rate, rows }: Loaded): string {
  if (rows !== undefined) return levelText({ value: rows, unit: 'rows' })
  if (rate !== undefined) return vscode.l10n.t('{0} requests/s', rate)
  return users === 1 ? vscode.l10n.t('1 user') : vscode.l10n.t('{0} users', users)
}

function tooltip(route: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString(
    vscode.l10n.t(
      'Load testing **{0}**\n\n[Stop](command:headroom.stop) · [Show results](command:headroom.showResults)',
      route,
    ),
  )
  text.isTrusted = { enabledCommands: ['headroom.stop', 'headroom.showResults'] }
  return text
}
