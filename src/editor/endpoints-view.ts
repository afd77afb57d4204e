import * as vscode from 'vscode'
import { routeKey, type Route } from '../model/route.ts'
import {
  endpointItem,
  findingItem,
  groupItem,
  verdictOrder,
  type Activity,
  type EndpointNode,
  type FindingNode,
  type GroupNode,
} from './endpoint-items.ts'
import type { Headroom } from './headroom.ts'
import type { Inspector } from './inspector.ts'
import type { KeptRun } from './run-history.ts'

type Node = GroupNode | EndpointNode | FindingNode

/** What endpoints are grouped by. */
export type Grouping = 'file' | 'verdict'

const groupingKey = 'headroom.grouping'

/** The sidebar's list of endpoints, grouped by file or by verdict, each with its last result and its findings. */
export class EndpointsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #headroom: Headroom
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChangeTreeData = this.#changed.event
  readonly #lifetime: vscode.Disposable

  constructor(headroom: Headroom) {
    this.#headroom = headroom
    const { inspections, history, loadTests } = headroom
    const view = vscode.window.createTreeView('headroom.endpoints', {
      treeDataProvider: this,
      showCollapseAll: true,
    })
    const refresh = (): void => {
      const failure = inspections.all().find((inspector) => inspector.failure !== null)?.failure
      view.message = failure?.message ?? ''
      this.#changed.fire()
    }
    void this.#tellGrouping()
    this.#lifetime = vscode.Disposable.from(
      view,
      this.#changed,
      inspections.onDidSettle(refresh),
      history.onDidChange(refresh),
      loadTests.onDidChange(refresh),
      loadTests.onDidQueue(refresh),
      vscode.workspace.onDidChangeWorkspaceFolders(refresh),
      ...(['file', 'verdict'] as const).map((grouping) =>
        vscode.commands.registerCommand(`headroom.groupBy${grouping === 'file' ? 'File' : 'Verdict'}`, () =>
          this.#group(grouping),
        ),
      ),
    )
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'endpoint') return endpointItem(node, this.#kept(node), this.#activity(node))
    if (node.kind !== 'finding') return groupItem(node)
    return findingItem(node, this.#kept(node))
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) return this.#groups()
    if (node.kind === 'finding') return []
    if (node.kind !== 'endpoint') return [...node.endpoints]
    const { inspector, route, findings } = node
    return findings.map((finding) => ({ kind: 'finding', inspector, route, finding }))
  }

  dispose(): void {
    this.#lifetime.dispose()
  }

  async #groups(): Promise<GroupNode[]> {
    const inspectors = this.#headroom.inspections.all()
    await Promise.all(inspectors.map((inspector) => inspector.current()))
    const groups =
      this.#grouping === 'file' ? inspectors.flatMap(fileGroups) : this.#verdictGroups(inspectors)
    void vscode.commands.executeCommand('setContext', 'headroom.noEndpoints', groups.length === 0)
    return groups
  }

  #verdictGroups(inspectors: readonly Inspector[]): GroupNode[] {
    const byVerdict = Map.groupBy(
      inspectors.flatMap(endpointsOf),
      (endpoint) => this.#kept(endpoint)?.run.verdict.kind ?? 'never-tested',
    )
    return verdictOrder.flatMap((verdict) => {
      const endpoints = byVerdict.get(verdict) ?? []
      return endpoints.length === 0 ? [] : [{ kind: 'verdict', verdict, endpoints }]
    })
  }

  #kept({ inspector, route }: EndpointNode | FindingNode): KeptRun | null {
    return this.#headroom.history.latest(inspector.folder, route)
  }

  #activity(node: EndpointNode): Activity {
    const { loadTests } = this.#headroom
    const { running } = loadTests
    if (running?.route === node.route && running.folder.uri.toString() === node.folder) return 'running'
    return loadTests.isWaiting(node) ? 'queued' : null
  }

  get #grouping(): Grouping {
    return this.#headroom.memory.get<Grouping>(groupingKey, 'file')
  }

  async #group(grouping: Grouping): Promise<void> {
    await this.#headroom.memory.update(groupingKey, grouping)
    await this.#tellGrouping()
    this.#changed.fire()
  }

  async #tellGrouping(): Promise<void> {
    await vscode.commands.executeCommand('setContext', groupingKey, this.#grouping)
  }
}

function endpointsOf(inspector: Inspector): EndpointNode[] {
  const routes = inspector.report?.routes ?? []
  const sorted = routes.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
  return sorted.map((route) => endpointNode(inspector, route))
}

function endpointNode(inspector: Inspector, definition: Route): EndpointNode {
  const route = routeKey(definition)
  const findings = inspector.report?.findings.filter(({ routes }) => routes.includes(route)) ?? []
  return { kind: 'endpoint', inspector, folder: inspector.folder.uri.toString(), route, definition, findings }
}

function fileGroups(inspector: Inspector): GroupNode[] {
  const byFile = Map.groupBy(endpointsOf(inspector), ({ definition }) => definition.file)
  return [...byFile].map(([file, endpoints]) => ({ kind: 'file', inspector, file, endpoints }))
}
