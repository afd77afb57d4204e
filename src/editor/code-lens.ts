import * as vscode from 'vscode'
import { routeKey, type Route } from '../model/route.ts'
import { readSetting } from './configuration.ts'
import type { Headroom } from './headroom.ts'
import { inspectedDocuments } from './languages.ts'
import { newEndpointTitle, seeNewEndpointCommand } from './provenance/new-endpoints.ts'
import { lineStart, relativeFile } from './places.ts'
import { provenanceTooltip } from './provenance/provenance-words.ts'
import type { RouteReference } from './route-reference.ts'
import type { KeptRun, RunHistory } from './run-history.ts'
import { summarizeRun } from './run-summary.ts'

/** Above each handler: load test it, with the last result; what was found in it, or that it is new; and who wrote it. */
export function provideCodeLenses({ inspections, history, newEndpoints }: Headroom): vscode.Disposable {
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
        if (newEndpoints.has(reference(route, folder)))
          lenses.push(newLens(route, folder, findings.length, history))
        else if (findings.length > 0) lenses.push(findingsLens(route, folder, findings.length))
        if (route.provenance !== undefined) lenses.push(provenanceLens(route.line, route.provenance))
        return lenses
      })
  }

  return vscode.Disposable.from(
    changed,
    inspections.onDidSettle(refresh),
    history.onDidChange(refresh),
    newEndpoints.onDidChange(refresh),
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

function newLens(
  route: Route,
  folder: vscode.WorkspaceFolder,
  findings: number,
  history: RunHistory,
): vscode.CodeLens {
  return new vscode.CodeLens(lineStart(route.line), {
    title: newEndpointTitle(findings, history.latest(folder, routeKey(route)) !== null),
    tooltip: vscode.l10n.t('{0} was not here before. Click, and this sign goes.', routeKey(route)),
    command: seeNewEndpointCommand,
    arguments: [reference(route, folder)],
  })
}

/** Who wrote a handler, as far as the evidence goes. A command without an id is shown as text. */
function provenanceLens(line: number, provenance: string): vscode.CodeLens {
  return new vscode.CodeLens(lineStart(line), {
    title: provenance,
    tooltip: provenanceTooltip(provenance),
    command: '',
  })
}
