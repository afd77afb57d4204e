import * as vscode from 'vscode'
import type { CheckReport, Finding } from '../model/finding.ts'
import type { Location } from '../model/source.ts'
import { readSetting } from './configuration.ts'
import type { Inspections } from './inspections.ts'
import type { Inspector } from './inspector.ts'
import { isInspected } from './languages.ts'
import { fileUri, lineRange, spanRange } from './places.ts'
import type { RunHistory } from './run-history.ts'
import { confirmingCause } from './run-summary.ts'

/** A finding at one of the places where it is shown: its own, or the handler's call that leads to it. */
export interface PlacedFinding {
  readonly finding: Finding
  readonly uri: vscode.Uri
  readonly range: vscode.Range
}

/** Where findings are shown: at the defect, and, where that lies elsewhere, also at the handler's own call. */
export function placeFindings(folder: vscode.WorkspaceFolder, report: CheckReport): PlacedFinding[] {
  return report.findings.flatMap((finding) => {
    const uri = fileUri(folder, finding.file)
    const own = { finding, uri, range: spanRange(finding) }
    const call = finding.path[0]
    if (call === undefined || samePlace(call, finding)) return [own]
    const callUri = fileUri(folder, call.file)
    return [own, { finding, uri: callUri, range: lineRange(callUri, call.line) }]
  })
}

function samePlace(a: Location, b: Location): boolean {
  return a.file === b.file && a.line === b.line
}

/** Keeps the problems list equal to what inspections and runs say. */
export function showDiagnostics(inspections: Inspections, history: RunHistory): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('headroom')
  const shown = new Map<Inspector, vscode.Uri[]>()

  function refresh(inspector: Inspector): void {
    for (const uri of shown.get(inspector) ?? []) collection.delete(uri)
    const { folder, report } = inspector
    const enabled = readSetting('diagnostics', folder.uri)
    const placed = report === null || !enabled ? [] : placeFindings(folder, report)
    const byFile = Map.groupBy(placed, ({ uri }) => uri.toString())
    const entries = [...byFile.entries()].map(([uri, findings]): [vscode.Uri, vscode.Diagnostic[]] => [
      vscode.Uri.parse(uri),
      findings.map((each) => diagnose(each, folder, history)),
    ])
    collection.set(entries)
    shown.set(
      inspector,
      entries.map(([uri]) => uri),
    )
  }

  const refreshAll = (): void => {
    for (const inspector of shown.keys()) refresh(inspector)
  }
  return vscode.Disposable.from(
    collection,
    inspections.onDidSettle(refresh),
    history.onDidChange(refreshAll),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('headroom.diagnostics')) refreshAll()
    }),
    // A file that wasn't open had no text to place a call's range in.
    vscode.workspace.onDidOpenTextDocument((document) => {
      const inspector = isInspected(document) ? inspections.of(document.uri) : null
      if (inspector !== null && shown.has(inspector)) refresh(inspector)
    }),
  )
}

function diagnose(
  { finding, range }: PlacedFinding,
  folder: vscode.WorkspaceFolder,
  history: RunHistory,
): vscode.Diagnostic {
  const measured = measurement(finding, folder, history)
  const diagnostic = new vscode.Diagnostic(
    range,
    measured === null ? finding.message : `${finding.message}\n${measured}`,
    measured === null && finding.severity === 'info'
      ? vscode.DiagnosticSeverity.Information
      : vscode.DiagnosticSeverity.Warning,
  )
  diagnostic.source = 'Headroom'
  const argument = encodeURIComponent(JSON.stringify([finding.rule]))
  diagnostic.code = { value: finding.rule, target: vscode.Uri.parse(`command:headroom.showRule?${argument}`) }
  diagnostic.relatedInformation = callPath(finding, folder)
  return diagnostic
}

/** What the last runs measured of a finding, unless the code has changed since. */
function measurement(finding: Finding, folder: vscode.WorkspaceFolder, history: RunHistory): string | null {
  for (const route of finding.routes) {
    const kept = history.latest(folder, route)
    const cause = kept === null || kept.stale ? null : confirmingCause(finding, kept.run)
    if (kept !== null && cause !== null) {
      return vscode.l10n.t('Measured: {0}', [kept.run.verdict.sentence, ...cause.evidence].join(' '))
    }
  }
  return null
}

/** How a request gets to the query: the handler's call first, the query last. */
function callPath(finding: Finding, folder: vscode.WorkspaceFolder): vscode.DiagnosticRelatedInformation[] {
  const inside = finding.path.some((place) => samePlace(place, finding))
  const places: readonly Location[] = inside ? finding.path : [...finding.path, finding]
  if (places.length < 2) return []
  return places.map(({ file, line }, index) => {
    const uri = fileUri(folder, file)
    const label =
      index === 0
        ? vscode.l10n.t('{0} calls', finding.route ?? file)
        : index < places.length - 1
          ? vscode.l10n.t('which calls')
          : vscode.l10n.t('which leads here')
    return new vscode.DiagnosticRelatedInformation(new vscode.Location(uri, lineRange(uri, line)), label)
  })
}
