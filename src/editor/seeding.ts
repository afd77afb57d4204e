import * as vscode from 'vscode'
import { formatCount } from '../model/format.ts'
import type { SeedPlan, SeedProgress, SeedResult } from '../model/seed-plan.ts'
import { configOverrides } from './configuration.ts'

type Scale = 'small' | 'medium' | 'production'

/** Work on a database with a notification that shows how far it is and can cancel it. */
type WithProgress = <T>(
  title: string,
  work: (report: (progress: SeedProgress) => void, signal: AbortSignal) => Promise<T>,
) => Promise<T>

/** A folder's database, for plans, rows and their removal; each is done in a worker thread. */
export interface Seeding {
  plan(scales: readonly Scale[]): Promise<SeedPlan[]>
  seed(plan: SeedPlan): Promise<SeedResult>
  /** Adds what an interrupted seeding left out. */
  resume(title: string): Promise<SeedResult>
  undo(title: string): Promise<SeedResult>
}

/** Finds the folder's database; `inPlace`: rows go into itself, not into a copy. Throws the failure that says why it can't be seeded. */
export async function openSeeding(folder: vscode.WorkspaceFolder, inPlace = false): Promise<Seeding> {
  const { workflows } = await import('./workflows.ts')
  const { readConfig } = await workflows.config()
  const { projectDatabase } = await workflows.projectDatabase()
  const { callApart } = await workflows.apart()
  const root = folder.uri.fsPath
  const order = await projectDatabase(root, await readConfig(root, configOverrides(folder.uri)), { inPlace })
  return {
    async plan(scales) {
      const options = scales.map((scale) => ({ scale, estimate: true }))
      return withNotification(vscode.l10n.t('Planning rows'), (report, signal) =>
        callApart('planSeeds', { ...order, options }, report, signal),
      )
    },
    seed: (plan) =>
      withNotification(vscode.l10n.t('Seeding {0}', plan.database), (report, signal) =>
        callApart('seedDatabase', { ...order, plan }, report, signal),
      ),
    resume: (title) =>
      withNotification(title, (report, signal) => callApart('resumeSeed', order, report, signal)),
    undo: (title) =>
      withNotification(title, (report, signal) => callApart('undoSeed', order, report, signal)),
  }
}

const withNotification: WithProgress = async (title, work) =>
  vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (notification, token) => {
      const abort = new AbortController()
      token.onCancellationRequested(() => abort.abort())
      let done = 0
      return work((progress) => {
        const percent = (progress.rowsDone / Math.max(1, progress.rowsTotal)) * 100
        notification.report({ message: describe(progress), increment: Math.max(0, percent - done) })
        done = Math.max(done, percent)
      }, abort.signal)
    },
  )

function describe({ phase, table, rowsDone, rowsTotal, secondsLeft }: SeedProgress): string {
  if (phase === 'copy') return vscode.l10n.t('copying the database')
  const [done, total] = [formatCount(rowsDone), formatCount(rowsTotal)]
  const rows =
    phase === 'prepare' || phase === 'index'
      ? vscode.l10n.t('{0}: {1} of {2} indexes and keys', table, done, total)
      : vscode.l10n.t('{0}: {1} of {2} rows', table, done, total)
  return secondsLeft === null ? rows : vscode.l10n.t('{0}, {1} s left', rows, Math.ceil(secondsLeft))
}
