import * as vscode from 'vscode'
import { formatMicros } from '../model/format.ts'
import { levelText, type Loaded } from '../model/load-level.ts'
import type { RunEvent } from '../model/panel.ts'
import type { LoadTestSession } from './load-test-session.ts'
import type { LoadTests } from './load-tests.ts'

/** While a load test runs: users and latency, one click from Stop. Nothing otherwise. */
export function showStatusItem(loadTests: LoadTests): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('headroom.running', vscode.StatusBarAlignment.Left)
  item.name = 'Headroom'
  item.command = 'headroom.stop'

  const show = (session: LoadTestSession, event: RunEvent | null): void => {
    const { route } = session
    const text = event === null ? null : textOf(event)
    const waits = loadTests.waiting.length === 0 ? '' : ` +${loadTests.waiting.length}`
    if (event === null) item.text = `$(loading~spin) ${route}${waits}`
    if (text !== null) item.text = `$(loading~spin) ${route} · ${text} $(debug-stop)${waits}`
  }
  const changes = loadTests.onDidChange((session) => {
    void vscode.commands.executeCommand('setContext', 'headroom.running', session !== null)
    if (session === null) {
      item.hide()
      return
    }
    const { route } = session
    item.tooltip = tooltip(loadTests, route)
    item.accessibilityInformation = { label: vscode.l10n.t('Load testing {0}. Stop', route), role: 'button' }
    show(session, null)
    item.show()
    session.onDidEmit((event) => show(session, event))
  })
  const queue = loadTests.onDidQueue(() => {
    if (loadTests.running !== null) item.tooltip = tooltip(loadTests, loadTests.running.route)
  })
  return vscode.Disposable.from(item, changes, queue)
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

function tooltip({ waiting }: LoadTests, route: string): vscode.MarkdownString {
  const running = vscode.l10n.t(
    'Load testing **{0}**\n\n[Stop](command:headroom.stop) · [Show results](command:headroom.showResults)',
    route,
  )
  const queued = waiting.map((reference) => {
    const argument = encodeURIComponent(
      JSON.stringify([{ folder: reference.folder, route: reference.route }]),
    )
    return vscode.l10n.t('Next: {0} [Cancel]({1})', reference.route, `command:headroom.cancel?${argument}`)
  })
  const text = new vscode.MarkdownString([running, ...queued].join('\n\n'))
  text.isTrusted = { enabledCommands: ['headroom.stop', 'headroom.showResults', 'headroom.cancel'] }
  return text
}
