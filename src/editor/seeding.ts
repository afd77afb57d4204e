import * as vscode from 'vscode'
import type { Run } from '../model/run.ts'
import type { SeedPlan, SeedResult } from '../model/seed-plan.ts'
import type { ProjectDatabase } from '../workflows/project-database.ts'
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
    await work(await openSeeding(headroom, inspector.folder, inPlace))
  } catch (error) {
    const reference = { folder: inspector.folder.uri.toString() }
    const retry = () => withSeeding(headroom, { what, argument: reference, inPlace }, work)
    const source = await sourceOf(inspector.folder)
    await headroom.failures.presentOnFolder(error, { reference, retry, source })
  }
}

/** The line of an `.env` file that names the folder's database; null where the configuration or nothing does. */
async function sourceOf(
  folder: vscode.WorkspaceFolder,
): Promise<{ readonly title: string; readonly show: () => Promise<void> } | null> {
  const { workflows } = await import('./workflows.ts')
  const { readConfig } = await workflows.config()
  const { sourceOfDatabase } = await workflows.projectDatabase()
  const root = folder.uri.fsPath
  const config = await readConfig(root, configOverrides(folder.uri)).catch(() => null)
  const source = config === null ? null : await sourceOfDatabase(root, config)
  if (source === null) return null
  return {
    title: vscode.l10n.t('Show {0} in {1}', source.variable, source.file),
    async show() {
      const selection = new vscode.Range(source.line, 0, source.line, 0)
      const uri = vscode.Uri.joinPath(folder.uri, source.file)
      await vscode.window.showTextDocument(uri, { selection, viewColumn: vscode.ViewColumn.One })
    },
  }
}

/** Opens the line that names the folder's database: in an `.env` file, else the configuration. */
export async function showDatabaseSource(folder: vscode.WorkspaceFolder): Promise<void> {
  const source = await sourceOf(folder)
  if (source !== null) return source.show()
  await vscode.commands.executeCommand('headroom.openConfiguration', { folder: folder.uri.toString() })
}

/** Finds the folder's database. Throws the failure that says why it can't be seeded. */
async function openSeeding(
  { memory }: Headroom,
  folder: vscode.WorkspaceFolder,
  inPlace: boolean,
): Promise<Seeding> {
  const { workflows } = await import('./workflows.ts')
  const { callApart } = await workflows.apart()
  const order = await findDatabase(folder, inPlace)
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
    async seed(plan) {
      const result = await withNotification(seedingTitle(copies, plan), (report, signal) =>
        callApart('seedDatabase', { ...order, plan }, report, signal),
      )
      await rememberSeeded(memory, folder, { plan, inPlace }, result)
      return result
    },
    resume: (title) =>
      withNotification(title, (report, signal) => callApart('resumeSeed', order, report, signal)),
    async undo(title) {
      await memory.update(seededKey(folder), undefined)
      return withNotification(title, (report, signal) => callApart('undoSeed', order, report, signal))
    },
  }
}

async function findDatabase(folder: vscode.WorkspaceFolder, inPlace: boolean): Promise<ProjectDatabase> {
  const { workflows } = await import('./workflows.ts')
  const { readConfig } = await workflows.config()
  const { projectDatabase } = await workflows.projectDatabase()
  const root = folder.uri.fsPath
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Looking at the database') },
    async () => projectDatabase(root, await readConfig(root, configOverrides(folder.uri)), { inPlace }),
  )
}

/** What was seeded last in a folder; kept for the workspace, so that the same rows can be made again. */
interface Seeded {
  readonly plan: SeedPlan
  readonly inPlace: boolean
}

/** Remembers what was seeded by a person or an agent; rows of which some are missing can't be made again by their plan. */
export async function rememberSeeded(
  memory: Headroom['memory'],
  folder: vscode.WorkspaceFolder,
  seeded: Seeded,
  { complete }: SeedResult,
): Promise<void> {
  await memory.update(seededKey(folder), complete ? seeded : undefined)
}

function seededKey(folder: vscode.WorkspaceFolder): string {
  return `headroom.seeded ${folder.uri.toString()}`
}

function seedingTitle(copies: boolean, { database }: SeedPlan): string {
  return copies ? vscode.l10n.t('Seeding a copy of {0}', database) : vscode.l10n.t('Seeding {0}', database)
}

/** Brings the rows back that a run began with, where Headroom seeded them and they have changed since. */
export async function restoreSeededData(
  { memory }: Headroom,
  folder: vscode.WorkspaceFolder,
  run: Run,
): Promise<void> {
  const seeded = memory.get<Seeded>(seededKey(folder))
  if (seeded === undefined) return
  const { plan, inPlace } = seeded
  const { workflows } = await import('./workflows.ts')
  const { callApart } = await workflows.apart()
  const order = await findDatabase(folder, inPlace)
  const { rows } = run.conditions
  await withNotification(seedingTitle(order.variable !== null, plan), (report, signal) =>
    callApart('restoreData', { ...order, plan, rows }, report, signal),
  )
}
