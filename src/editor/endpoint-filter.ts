import * as vscode from 'vscode'
import type { FailureData } from '../model/failure.ts'
import type { EndpointNode } from './endpoint-items.ts'
import type { Inspector } from './inspector.ts'

export const endpointFilters = ['all', 'changed', 'ai-inserted'] as const
/** Which endpoints the sidebar lists: all, those changed since the last commit, or those that a label says weren't typed. */
export type EndpointFilterId = (typeof endpointFilters)[number]

const memoryKey = 'headroom.filter'

/** The sidebar's filter, kept in the workspace's memory; the context key of the same name tells menus of it. */
export class EndpointFilter implements vscode.Disposable {
  readonly #memory: vscode.Memento
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChange = this.#changed.event

  constructor(memory: vscode.Memento) {
    this.#memory = memory
    void this.#tell()
  }

  get current(): EndpointFilterId {
    const kept = this.#memory.get<string>(memoryKey)
    return endpointFilters.find((id) => id === kept) ?? 'all'
  }

  async choose(filter: EndpointFilterId): Promise<void> {
    await this.#memory.update(memoryKey, filter)
    await this.#tell()
    this.#changed.fire()
  }

  dispose(): void {
    this.#changed.dispose()
  }

  async #tell(): Promise<void> {
    await vscode.commands.executeCommand('setContext', memoryKey, this.current)
  }
}

/** What stands beside the view's title; nothing where all endpoints are shown. */
export function filterTitle(filter: EndpointFilterId): string | undefined {
  if (filter === 'changed') return vscode.l10n.t('changed since the last commit')
  return filter === 'ai-inserted' ? vscode.l10n.t('AI-inserted, inserted blocks') : undefined
}

/** Why a list that has endpoints shows none. */
export function emptyText(filter: EndpointFilterId): string {
  return filter === 'changed'
    ? vscode.l10n.t('No endpoint has changed since the last commit.')
    : vscode.l10n.t('No endpoint is labelled as AI-inserted or as an inserted block.')
}

/**
 * Which endpoints a filter lets through now. Where git can't say what changed, those of its folder are left out, and the failure
 * says why.
 */
export async function readFilter(
  filter: EndpointFilterId,
  inspectors: readonly Inspector[],
): Promise<{ isShown: (endpoint: EndpointNode) => boolean; failure: FailureData | null }> {
  if (filter === 'all') return { isShown: () => true, failure: null }
  if (filter === 'ai-inserted') {
    return { isShown: ({ definition }) => definition.provenance !== undefined, failure: null }
  }
  const changed = new Map<Inspector, ReadonlySet<string>>()
  let failure: FailureData | null = null
  for (const inspector of inspectors) {
    const routes = await inspector.changedRoutes()
    if (routes !== null && 'code' in routes) failure ??= routes
    else if (routes !== null) changed.set(inspector, routes)
  }
  return { isShown: ({ inspector, route }) => changed.get(inspector)?.has(route) ?? false, failure }
}
