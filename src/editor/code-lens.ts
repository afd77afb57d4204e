import * as vscode from 'vscode'
import { routeKey, type Route } from '../model/route.ts'
import { readSetting } from './configuration.ts'
import type { Inspections } from './inspections.ts'
import { inspectedDocuments } from './languages.ts'
import { lineStart, relativeFile } from './places.ts'
import type { RouteReference } from './route-reference.ts'
import type { KeptRun, RunHistory } from './run-history.ts'
import { summarizeRun } from './run-summary.ts'

/** Above each handler: load test it, with the last result; and what was found in it. */
export function provideCodeLenses(inspections: Inspections, history: RunHistory): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>()
  const refresh = (): void => changed.fire()

  async function provide(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeLens[]> {
    if (!readSetting('codeLens', document.uri)) return []
    const inspector = inspections.of(document.uri)
    const report = (await inspector?.current(token)) ?? null
    if (inspector === null || report === null) return []
    const { folder } = inspector
    const file = relativeFile(folder, document.uri)
    return report.routes
      .filter((route) => route.file === file)
      .flatMap((route) => {
        const findings = report.findings.filter(({ routes }) => routes.includes(routeKey(route)))
        const lenses = [testLens(route, folder, history)]
        if (findings.length > 0) lenses.push(findingsLens(route, folder, findings.length))
        return lenses
      })
  }

  return vscode.Disposable.from(
    changed,
    inspections.onDidSettle(refresh),
    history.onDidChange(refresh),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('headroom.codeLens')) refresh()
    }),
    vscode.languages.registerCodeLensProvider(inspectedDocuments, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: provide,
    }),
  )
}

function reference(route: Route, folder: vscode.WorkspaceFolder): RouteReference {
  return { folder: folder.uri.toString(), route: routeKey(route) }
}

function testLens(route: Route, folder: vscode.WorkspaceFolder, history: RunHistory): vscode.CodeLens {
  const kept = history.latest(folder, routeKey(route))
  return new vscode.CodeLens(lineStart(route.line), {
    title: testTitle(kept),
    tooltip:
      kept?.stale === true
        ? vscode.l10n.t('{0}: the code has changed since this was measured', routeKey(route))
        : routeKey(route),
    command: 'headroom.loadTest',
    arguments: [reference(route, folder)],
  })
}

function testTitle(kept: KeptRun | null): string {
  if (kept === null) return vscode.l10n.t('▶ Load test this endpoint')
  const stale = kept.stale ? [vscode.l10n.t('stale')] : []
  return [vscode.l10n.t('▶ Load test'), summarizeRun(kept.run), ...stale].join(' · ')
}

function findingsLens(route: Route, folder: vscode.WorkspaceFolder, count: number): vscode.CodeLens {
  return new vscode.CodeLens(lineStart(route.line), {
    title: count === 1 ? vscode.l10n.t('1 finding') : vscode.l10n.t('{0} findings', count),
    tooltip: vscode.l10n.t('What is likely to break {0} under load', routeKey(route)),
    command: 'headroom.showFindings',
    arguments: [reference(route, folder)],
  })
}
