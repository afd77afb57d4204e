import * as vscode from 'vscode'
import type { Finding } from '../model/finding.ts'
import type { Route } from '../model/route.ts'
import type { Inspector } from './inspector.ts'
import { fileUri, lineStart, spanRange } from './places.ts'
import { provenanceTooltip } from './provenance/provenance-words.ts'
import type { RouteReference } from './route-reference.ts'
import type { KeptRun } from './run-history.ts'
import { confirmingCause, summarizeRun } from './run-summary.ts'
import { verdictIcon, verdictTitle, type EndpointVerdict } from './verdict-signs.ts'

/** The endpoints of one file, or those with one verdict. */
export type GroupNode =
  | {
      readonly kind: 'file'
      readonly inspector: Inspector
      readonly file: string
      readonly endpoints: readonly EndpointNode[]
    }
  | {
      readonly kind: 'verdict'
      readonly verdict: EndpointVerdict
      readonly endpoints: readonly EndpointNode[]
    }

/** Also the argument of the commands in an endpoint's menu. */
export interface EndpointNode extends RouteReference {
  readonly kind: 'endpoint'
  readonly inspector: Inspector
  readonly definition: Route
  readonly findings: readonly Finding[]
}

/** Stands alone in a list that a filter has emptied: shows all endpoints again. */
export interface AllEndpointsNode {
  readonly kind: 'all'
}

export interface FindingNode {
  readonly kind: 'finding'
  /** The endpoint beneath which it stands. */
  readonly route: string
  readonly inspector: Inspector
  readonly finding: Finding
}

/** The verdicts in the order in which people want to see them: what needs work first. */
export const verdictOrder: readonly EndpointVerdict[] = [
  'breaks',
  'fails-before-load',
  'not-measured',
  'stopped',
  'holds',
  'never-tested',
]

/** Whether an endpoint's load test runs now, or waits for the running one. */
export type Activity = 'running' | 'queued' | null

export function allEndpointsItem(): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Show all endpoints'))
  item.iconPath = new vscode.ThemeIcon('clear-all')
  item.command = { command: 'headroom.showAllEndpoints', title: vscode.l10n.t('Show all endpoints') }
  return item
}

export function groupItem(group: GroupNode): vscode.TreeItem {
  if (group.kind === 'file') return fileItem(group.inspector, group.file)
  const item = new vscode.TreeItem(verdictTitle(group.verdict), vscode.TreeItemCollapsibleState.Expanded)
  item.id = group.verdict
  item.description = String(group.endpoints.length)
  item.contextValue = 'verdict'
  return item
}

function fileItem({ folder }: Inspector, file: string): vscode.TreeItem {
  const uri = fileUri(folder, file)
  const item = new vscode.TreeItem(uri, vscode.TreeItemCollapsibleState.Expanded)
  item.id = uri.toString()
  item.iconPath = vscode.ThemeIcon.File
  item.description = true
  item.contextValue = 'file'
  return item
}

export function endpointItem(node: EndpointNode, kept: KeptRun | null, activity: Activity): vscode.TreeItem {
  const { inspector, definition, route, folder, findings } = node
  const item = new vscode.TreeItem(
    route,
    findings.length === 0 ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Collapsed,
  )
  item.id = `${folder} ${route} ${definition.file}:${definition.line}`
  item.contextValue = [
    'endpoint',
    ...(kept === null ? [] : ['tested']),
    ...(activity === null ? [] : [activity]),
  ].join(' ')
  item.description = activity === null ? describe(node, kept) : activityText(activity)
  const file = `${definition.file}:${definition.line}`
  const { provenance } = definition
  item.tooltip = [
    route,
    ...(kept === null ? [] : [kept.run.verdict.sentence]),
    ...(provenance === undefined ? [] : [provenanceTooltip(provenance)]),
    file,
  ].join('\n')
  item.iconPath = iconOf(findings.length, kept, activity)
  item.command = openCommand(fileUri(inspector.folder, definition.file), lineStart(definition.line))
  return item
}

function activityText(activity: 'running' | 'queued'): string {
  return activity === 'running' ? vscode.l10n.t('running') : vscode.l10n.t('queued')
}

function describe({ findings: { length }, definition }: EndpointNode, kept: KeptRun | null): string {
  const found = length === 1 ? vscode.l10n.t('1 finding') : vscode.l10n.t('{0} findings', length)
  const parts = [
    ...(kept === null ? [] : [summarizeRun(kept.run)]),
    ...(kept?.stale === true ? [vscode.l10n.t('stale')] : []),
    ...(length === 0 ? [] : [found]),
  ]
  const { provenance } = definition
  return [
    ...(parts.length === 0 ? [vscode.l10n.t('never tested')] : parts),
    ...(provenance === undefined ? [] : [provenance]),
  ].join(' · ')
}

function iconOf(findings: number, kept: KeptRun | null, activity: Activity): vscode.ThemeIcon {
  if (activity !== null) return new vscode.ThemeIcon(activity === 'running' ? 'loading~spin' : 'watch')
  if (kept?.stale === true) return new vscode.ThemeIcon('history')
  if (kept !== null) return verdictIcon(kept.run.verdict.kind)
  return new vscode.ThemeIcon(findings === 0 ? 'circle-outline' : 'info')
}

/** A finding; `kept` is the last run of the endpoint above it. */
export function findingItem({ inspector, finding }: FindingNode, kept: KeptRun | null): vscode.TreeItem {
  const { rule, message, file, line } = finding
  const confirmed = kept !== null && !kept.stale && confirmingCause(finding, kept.run) !== null
  const item = new vscode.TreeItem(rule)
  item.description = `${file}:${line}`
  item.tooltip = message
  item.contextValue = 'finding'
  item.iconPath = confirmed
    ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
    : new vscode.ThemeIcon('info', new vscode.ThemeColor('editorInfo.foreground'))
  item.command = openCommand(fileUri(inspector.folder, file), spanRange(finding))
  return item
}

function openCommand(uri: vscode.Uri, range: vscode.Range): vscode.Command {
  const selection = new vscode.Range(range.start, range.start)
  return { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [uri, { selection }] }
}
