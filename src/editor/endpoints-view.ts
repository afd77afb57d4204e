import * as vscode from 'vscode'
import { routeKey, type Route } from '../model/route.ts'
import { emptyText, filterTitle, readFilter } from './endpoint-filter.ts'
import {
  allEndpointsItem,
  endpointItem,
  findingItem,
  groupItem,
  verdictOrder,
  type Activity,
  type AllEndpointsNode,
  type EndpointNode,
  type FindingNode,
  type GroupNode,
} from './endpoint-items.ts'
import type { Headroom } from './headroom.ts'
import type { Inspector } from './inspector.ts'
import { newEndpointsText } from './provenance/new-endpoints.ts'
import type { RouteReference } from './route-reference.ts'
import type { KeptRun } from './run-history.ts'

type Node = GroupNode | EndpointNode | FindingNode | AllEndpointsNode

/** What endpoints are grouped by. */
export type Grouping = 'file' | 'verdict'

const groupingKey = 'headroom.grouping'

/** The sidebar's list of endpoints, grouped by file or by verdict, each with its last result and its findings. */
export class EndpointsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #headroom: Headroom
  readonly #view: vscode.TreeView<Node>
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChangeTreeData = this.#changed.event
  readonly #lifetime: vscode.Disposable

  constructor(headroom: Headroom) {
    this.#headroom = headroom
    const { inspections, history, loadTests, endpointFilter, newEndpoints } = headroom
    const view = vscode.window.createTreeView('headroom.endpoints', {
      treeDataProvider: this,
      showCollapseAll: true,
    })
    this.#view = view
    const refresh = (): void => this.#changed.fire()
    this.#tellFilter()
    void this.#tellGrouping()
    this.#lifetime = vscode.Disposable.from(
      view,
      this.#changed,
      inspections.onDidSettle(refresh),
      history.onDidChange(refresh),
      loadTests.onDidChange(refresh),
      loadTests.onDidQueue(refresh),
      vscode.workspace.onDidChangeWorkspaceFolders(refresh),
      endpointFilter.onDidChange(() => {
        this.#tellFilter()
        refresh()
      }),
      newEndpoints.onDidChange(() => this.#tellNew()),
      inspections.onDidSettle(() => this.#tellNew()),
      view.onDidChangeSelection(({ selection }) => this.#see(selection.filter(isEndpoint))),
      // Whoever has had the list open knows what was new in it.
      view.onDidChangeVisibility(({ visible }) => {
        if (!visible) this.#see(newEndpoints.all)
      }),
      ...(['file', 'verdict'] as const).map((grouping) =>
        vscode.commands.registerCommand(`headroom.groupBy${grouping === 'file' ? 'File' : 'Verdict'}`, () =>
          this.#group(grouping),
        ),
      ),
    )
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'all') return allEndpointsItem()
    if (node.kind === 'endpoint') return endpointItem(node, this.#kept(node), this.#activity(node))
    if (node.kind !== 'finding') return groupItem(node)
    return findingItem(node, this.#kept(node))
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) return this.#groups()
    if (node.kind === 'finding' || node.kind === 'all') return []
    if (node.kind !== 'endpoint') return [...node.endpoints]
    const { inspector, route, findings } = node
    return findings.map((finding) => ({ kind: 'finding', inspector, route, finding }))
  }

  dispose(): void {
    this.#lifetime.dispose()
  }

  async #groups(): Promise<(GroupNode | AllEndpointsNode)[]> {
    const { inspections, endpointFilter } = this.#headroom
    const inspectors = inspections.all()
    await Promise.all(inspectors.map((inspector) => inspector.current()))
    const all = inspectors.flatMap(endpointsOf)
    void vscode.commands.executeCommand('setContext', 'headroom.noEndpoints', all.length === 0)
    const { isShown, failure } = await readFilter(endpointFilter.current, inspectors)
    const shown = all.filter(isShown)
    const isEmptied = shown.length === 0 && all.length > 0
    const broken = inspectors.find((inspector) => inspector.failure !== null)?.failure ?? failure
    this.#view.message = broken?.message ?? (isEmptied ? emptyText(endpointFilter.current) : '')
    if (isEmptied) return [{ kind: 'all' }]
    return this.#grouping === 'file' ? fileGroups(shown) : this.#verdictGroups(shown)
  }

  #verdictGroups(endpoints: readonly EndpointNode[]): GroupNode[] {
    const byVerdict = Map.groupBy(
      endpoints,
      (endpoint) => this.#kept(endpoint)?.run.verdict.kind ?? 'never-tested',
    )
    return verdictOrder.flatMap((verdict) => {
      const those = byVerdict.get(verdict) ?? []
      return those.length === 0 ? [] : [{ kind: 'verdict', verdict, endpoints: those }]
    })
  }

  #tellFilter(): void {
    this.#view.description = filterTitle(this.#headroom.endpointFilter.current) ?? ''
  }

  #tellNew(): void {
    const { all } = this.#headroom.newEndpoints
    this.#view.badge =
      all.length === 0 ? undefined : { value: all.length, tooltip: newEndpointsText(this.#headroom, all) }
  }

  #see(endpoints: readonly RouteReference[]): void {
    for (const endpoint of endpoints) this.#headroom.newEndpoints.see(endpoint)
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

function isEndpoint(node: Node): node is EndpointNode {
  return node.kind === 'endpoint'
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

function fileGroups(endpoints: readonly EndpointNode[]): GroupNode[] {
  const byFile = Map.groupBy(endpoints, ({ folder, definition }) => `${folder} ${definition.file}`)
  return [...byFile.values()].flatMap((those) => {
    const [first] = those
    if (first === undefined) return []
    return [{ kind: 'file', inspector: first.inspector, file: first.definition.file, endpoints: those }]
  })
}
