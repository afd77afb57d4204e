import * as vscode from 'vscode'
import type { Run } from '../model/run.ts'
import type { Headroom } from './headroom.ts'
import { keptRuns, readKeptRun } from './kept-runs.ts'
import { keptRunContent } from './panel-content.ts'
import { timeAgo } from './time-ago.ts'

/** Opens two runs over each other, the earlier one as the one before. */
export async function showCompared(
  { panel }: Headroom,
  folder: vscode.WorkspaceFolder,
  runs: readonly [Run, Run],
): Promise<void> {
  const [before, after] =
    runs[0].conditions.startedAt <= runs[1].conditions.startedAt ? runs : [runs[1], runs[0]]
  const { workflows } = await import('./workflows.ts')
  const { compare } = await workflows.compare()
  panel.show(keptRunContent(folder, after, { run: before, comparison: compare(before, after) }))
}

interface Choice extends vscode.QuickPickItem {
  readonly read: () => Promise<Run | null>
}

/** Asks which run to set a run against: the baseline of its route, or another kept run of it. Null where there is none. */
export async function chooseOtherRun(folder: vscode.WorkspaceFolder, run: Run): Promise<Run | null> {
  const { workflows } = await import('./workflows.ts')
  const { baselineOf } = await workflows.baselines()
  const { route } = run
  const baseline = await baselineOf(folder.uri.fsPath, route)
  const pinned: Choice[] =
    baseline === null || baseline.id === run.id
      ? []
      : [
          {
            label: vscode.l10n.t('$(pinned) Baseline'),
            description: timeAgo(new Date(baseline.conditions.startedAt), new Date()),
            detail: baseline.verdict.sentence,
            read: () => Promise.resolve(baseline),
          },
        ]
  const others = (await keptRuns(folder))
    .filter(({ entry }) => entry.route === route && entry.id !== run.id)
    .map((kept): Choice => {
      const { headline, startedAt, sentence } = kept.entry
      const description = timeAgo(new Date(startedAt), new Date())
      return { label: headline, description, detail: sentence, read: () => readKeptRun(kept) }
    })
  if (pinned.length + others.length === 0) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('There is no other run of {0} to compare with. Load test it again.', route),
    )
    return null
  }
  const picked = await vscode.window.showQuickPick([...pinned, ...others], {
    title: vscode.l10n.t('Compare {0} with', route),
    matchOnDetail: true,
  })
  return picked === undefined ? null : picked.read()
}
