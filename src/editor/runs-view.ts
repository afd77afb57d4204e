import * as vscode from 'vscode'
import type { Headroom } from './headroom.ts'
import { keptRuns, type FolderRun } from './kept-runs.ts'
import { timeAgo } from './time-ago.ts'
import { verdictIcon, verdictTitle } from './verdict-signs.ts'

/** How often "3 min ago" is written anew while it can be seen. */
const minuteMillis = 60_000

/** The sidebar's list of kept runs, newest first. It is read when it is first seen, and follows runs and baselines from then on. */
export class RunsView implements vscode.TreeDataProvider<FolderRun>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChangeTreeData = this.#changed.event
  readonly #lifetime: vscode.Disposable
  readonly #timer: NodeJS.Timeout

  constructor({ history }: Headroom) {
    const view = vscode.window.createTreeView('headroom.runs', {
      treeDataProvider: this,
      canSelectMany: true,
    })
    const refresh = (): void => this.#changed.fire()
    this.#timer = setInterval(() => {
      if (view.visible) refresh()
    }, minuteMillis)
    this.#timer.unref()
    const baselines = vscode.workspace.createFileSystemWatcher('**/headroom.baselines.json')
    this.#lifetime = vscode.Disposable.from(
      view,
      this.#changed,
      baselines,
      baselines.onDidCreate(refresh),
      baselines.onDidChange(refresh),
      baselines.onDidDelete(refresh),
      history.onDidChange(refresh),
      vscode.workspace.onDidChangeWorkspaceFolders(refresh),
    )
  }

  getTreeItem(run: FolderRun): vscode.TreeItem {
    return runItem(run)
  }

  async getChildren(parent?: FolderRun): Promise<FolderRun[]> {
    if (parent !== undefined) return []
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file')
    const runs = (await Promise.all(folders.map(keptRuns))).flat()
    return runs.toSorted((one, other) => Date.parse(other.entry.startedAt) - Date.parse(one.entry.startedAt))
  }

  dispose(): void {
    clearInterval(this.#timer)
    this.#lifetime.dispose()
  }
}

function runItem({ folder, run, entry }: FolderRun): vscode.TreeItem {
  const { route, headline, startedAt, baseline, verdict, sentence, profile } = entry
  const item = new vscode.TreeItem(route)
  item.id = `${folder} ${run}`
  const began = new Date(startedAt)
  item.description = [
    ...(baseline ? [vscode.l10n.t('baseline')] : []),
    verdict === 'holds' || verdict === 'breaks' ? headline : verdictTitle(verdict),
    timeAgo(began, new Date()),
  ].join(' · ')
  const absolute = began.toLocaleString(vscode.env.language)
  item.tooltip = [route, sentence, vscode.l10n.t('{0}, load profile {1}', absolute, profile)].join('\n')
  item.contextValue = baseline ? 'run baseline' : 'run'
  item.iconPath = verdictIcon(verdict)
  item.command = { command: 'headroom.openRun', title: vscode.l10n.t('Open'), arguments: [{ folder, run }] }
  return item
}
