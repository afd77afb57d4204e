import * as vscode from 'vscode'
import type { Finding } from '../model/finding.ts'
import { routeKey, type Route } from '../model/route.ts'
import type { Inspections } from './inspections.ts'
import type { Inspector } from './inspector.ts'
import { fileUri, lineStart, spanRange } from './places.ts'
import type { RouteReference } from './route-reference.ts'
import type { LoadTests } from './load-tests.ts'
import type { KeptRun, RunHistory } from './run-history.ts'
import { summarizeRun } from './run-summary.ts'

interface FileNode {
  readonly kind: 'file'
  readonly inspector: Inspector
  readonly file: string
  readonly routes: readonly Route[]
}

/** Also the argument of the commands in an endpoint's menu. */
interface EndpointNode extends RouteReference {
  readonly kind: 'endpoint'
  readonly inspector: Inspector
  readonly definition: Route
  readonly findings: readonly Finding[]
}

interface FindingNode {
  readonly kind: 'finding'
  readonly inspector: Inspector
  readonly finding: Finding
}

type Node = FileNode | EndpointNode | FindingNode

/** The sidebar's list of endpoints, grouped by file, each with its last result and its findings. */
export class EndpointsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #inspections: Inspections
  readonly #history: RunHistory
  readonly #loadTests: LoadTests
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChangeTreeData = this.#changed.event
  readonly #lifetime: vscode.Disposable

  constructor(inspections: Inspections, history: RunHistory, loadTests: LoadTests) {
    this.#inspections = inspections
    this.#history = history
    this.#loadTests = loadTests
    const view = vscode.window.createTreeView('headroom.endpoints', {
      treeDataProvider: this,
      showCollapseAll: true,
    })
    const refresh = (): void => {
      const failure = inspections.all().find((inspector) => inspector.failure !== null)?.failure
      view.message = failure?.message ?? ''
      this.#changed.fire()
    }
    this.#lifetime = vscode.Disposable.from(
      view,
      this.#changed,
      inspections.onDidSettle(refresh),
      history.onDidChange(refresh),
      loadTests.onDidChange(refresh),
      vscode.workspace.onDidChangeWorkspaceFolders(refresh),
    )
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'file') return fileItem(node)
    if (node.kind === 'finding') return findingItem(node)
    const kept = this.#history.latest(node.inspector.folder, node.route)
    const running = this.#loadTests.running
    const isRunning = running?.route === node.route && running.folder.uri.toString() === node.folder
    return endpointItem(node, kept, isRunning)
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) {
      const groups = await Promise.all(this.#inspections.all().map(fileNodes))
      await vscode.commands.executeCommand('setContext', 'headroom.inspected', true)
      return groups.flat()
    }
    if (node.kind === 'file') return node.routes.map((route) => endpointNode(node.inspector, route))
    if (node.kind === 'finding') return []
    return node.findings.map((finding) => ({ kind: 'finding', inspector: node.inspector, finding }))
  }

  dispose(): void {
    this.#lifetime.dispose()
  }
}

async function fileNodes(inspector: Inspector): Promise<FileNode[]> {
  const routes = (await inspector.current())?.routes ?? []
  const files = [...new Set(routes.map(({ file }) => file))].toSorted()
  return files.map((file) => ({
    kind: 'file',
    inspector,
    file,
    routes: routes.filter((route) => route.file === file).toSorted((a, b) => a.line - b.line),
  }))
}

function endpointNode(inspector: Inspector, definition: Route): EndpointNode {
  const route = routeKey(definition)
  const findings = inspector.report?.findings.filter(({ routes }) => routes.includes(route)) ?? []
  return { kind: 'endpoint', inspector, folder: inspector.folder.uri.toString(), route, definition, findings }
}

function fileItem({ inspector, file }: FileNode): vscode.TreeItem {
  const uri = fileUri(inspector.folder, file)
  const item = new vscode.TreeItem(uri, vscode.TreeItemCollapsibleState.Expanded)
  item.id = uri.toString()
  item.iconPath = vscode.ThemeIcon.File
  item.description = true
  item.contextValue = 'file'
  return item
}

function endpointItem(node: EndpointNode, kept: KeptRun | null, running: boolean): vscode.TreeItem {
  const { inspector, definition, route, folder, findings } = node
  const item = new vscode.TreeItem(
    route,
    findings.length === 0 ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Collapsed,
  )
  item.id = `${folder} ${route} ${definition.file}:${definition.line}`
  item.contextValue = kept === null ? 'endpoint' : 'endpoint tested'
  item.description = running ? vscode.l10n.t('running') : describe(findings.length, kept)
  item.tooltip = [route, ...(kept === null ? [] : [kept.run.verdict.sentence])].join('\n')
  item.iconPath = running ? new vscode.ThemeIcon('loading~spin') : iconOf(findings.length, kept)
  item.command = openCommand(fileUri(inspector.folder, definition.file), lineStart(definition.line))
  return item
}

function describe(findings: number, kept: KeptRun | null): string {
  const found = findings === 1 ? vscode.l10n.t('1 finding') : vscode.l10n.t('{0} findings', findings)
  const parts = [
    ...(kept === null ? [] : [summarizeRun(kept.run)]),
    ...(kept?.stale === true ? [vscode.l10n.t('stale')] : []),
    ...(findings === 0 ? [] : [found]),
  ]
  return parts.length === 0 ? vscode.l10n.t('never tested') : parts.join(' · ')
}

function iconOf(findings: number, kept: KeptRun | null): vscode.ThemeIcon {
  const kind = kept?.run.verdict.kind
  if (kept?.stale === true) return new vscode.ThemeIcon('history')
  if (kind === 'holds') return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'))
  if (kind === 'breaks' || kind === 'fails-before-load') {
    return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
  }
  if (kind !== undefined) return new vscode.ThemeIcon('question')
  return new vscode.ThemeIcon(findings === 0 ? 'circle-outline' : 'info')
}

function findingItem({ inspector, finding }: FindingNode): vscode.TreeItem {
  const { rule, message, file, line } = finding
  const item = new vscode.TreeItem(rule)
  item.description = `${file}:${line}`
  item.tooltip = message
  item.contextValue = 'finding'
  item.iconPath = new vscode.ThemeIcon('info', new vscode.ThemeColor('editorInfo.foreground'))
  item.command = openCommand(fileUri(inspector.folder, file), spanRange(finding))
  return item
}

function openCommand(uri: vscode.Uri, range: vscode.Range): vscode.Command {
  const selection = new vscode.Range(range.start, range.start)
  return { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [uri, { selection }] }
}
