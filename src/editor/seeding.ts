import * as vscode from 'vscode'
import type { SeedPlan, SeedResult } from '../model/seed-plan.ts'
import { configOverrides } from './configuration.ts'
import { chooseInspector, isTrusted, type Headroom } from './headroom.ts'
import { folderOf, type FolderReference } from './route-reference.ts'
import { withNotification } from './seeding-progress.ts'

type Scale = 'small' | 'medium' | 'production'

/** A folder's database, for plans, rows and their removal; each is done in a worker thread. */
export interface Seeding {
  /** The argument for further commands on the same folder. */
  readonly reference: FolderReference
  /** Whether rows go into a copy of the database. */
  readonly copies: boolean
  /** One plan for each scale; fewer where it was cancelled. */
  plan(scales: readonly Scale[]): Promise<SeedPlan[]>
  seed(plan: SeedPlan): Promise<SeedResult>
  /** Adds what an interrupted seeding left out. */
  resume(title: string): Promise<SeedResult>
  undo(title: string): Promise<SeedResult>
}

interface SeedingOptions {
  /** What needs trust, as {@link isTrusted} names it. */
  readonly what: string
  /** That of the command. */
  readonly argument: unknown
  /** Rows go into the database itself, not into a copy. */
  readonly inPlace?: boolean
}

/** Works on the database of the folder that a command is about; what fails is shown with what can be done on that folder. */
export async function withSeeding(
  headroom: Headroom,
  { what, argument, inPlace = false }: SeedingOptions,
  work: (seeding: Seeding) => Promise<void>,
): Promise<void> {
  if (!(await isTrusted(what))) return
  const inspector = await chooseInspector(headroom, folderOf(argument))
  if (inspector === null) return
  try {
    await work(await openSeeding(inspector.folder, inPlace))
  } catch (error) {
    const folder = { folder: inspector.folder.uri.toString() }
    const again = () => withSeeding(headroom, { what, argument: folder, inPlace }, work)
    await headroom.failures.presentOnFolder(error, folder, again)
  }
}

/** Finds the folder's database. Throws the failure that says why it can't be seeded. */
async function openSeeding(folder: vscode.WorkspaceFolder, inPlace: boolean): Promise<Seeding> {
  const { workflows } = await import('./workflows.ts')
  const { readConfig } = await workflows.config()
  const { projectDatabase } = await workflows.projectDatabase()
  const { callApart } = await workflows.apart()
  const root = folder.uri.fsPath
  const order = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Looking at the database') },
    async () => projectDatabase(root, await readConfig(root, configOverrides(folder.uri)), { inPlace }),
  )
  const copies = order.variable !== null
  return {
    reference: { folder: folder.uri.toString() },
    copies,
    async plan(scales) {
      const options = scales.map((scale) => ({ scale, estimate: true }))
      return withNotification(vscode.l10n.t('Planning rows'), (report, signal) =>
        callApart('planSeeds', { ...order, options }, report, signal),
      )
    },
    seed: (plan) =>
      withNotification(
        copies
          ? vscode.l10n.t('Seeding a copy of {0}', plan.database)
          : vscode.l10n.t('Seeding {0}', plan.database),
        (report, signal) => callApart('seedDatabase', { ...order, plan }, report, signal),
      ),
    resume: (title) =>
      withNotification(title, (report, signal) => callApart('resumeSeed', order, report, signal)),
    undo: (title) =>
      withNotification(title, (report, signal) => callApart('undoSeed', order, report, signal)),
  }
}
