import * as vscode from 'vscode'
import { formatCount } from '../model/format.ts'
import type { SeedProgress } from '../model/seed-plan.ts'
import type { withFactory } from '../workflows/seed.ts'
import { configOverrides } from './configuration.ts'

type Factory = Parameters<Parameters<typeof withFactory>[2]>[0]

/** Work on a database with a notification that shows how far it is and can cancel it. */
type WithProgress = <T>(
  title: string,
  work: (report: (progress: SeedProgress) => void, signal: AbortSignal) => Promise<T>,
) => Promise<T>

/** Opens the folder's database for one use. Throws the failure that says why it can't be seeded. */
export async function withSeeding(
  folder: vscode.WorkspaceFolder,
  use: (factory: Factory, progress: WithProgress) => Promise<void>,
): Promise<void> {
  const { workflows } = await import('./workflows.ts')
  const { readConfig } = await workflows.config()
  const { requireDatabase, withFactory } = await workflows.seed()
  const root = folder.uri.fsPath
  const database = await requireDatabase(root, await readConfig(root, configOverrides(folder.uri)))
  await withFactory(root, database, (factory) => use(factory, withNotification))
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

function describe({ table, rowsDone, rowsTotal, secondsLeft }: SeedProgress): string {
  const rows = vscode.l10n.t('{0}: {1} of {2} rows', table, formatCount(rowsDone), formatCount(rowsTotal))
  return secondsLeft === null ? rows : vscode.l10n.t('{0}, {1} s left', rows, Math.ceil(secondsLeft))
}
