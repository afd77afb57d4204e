import assert from 'node:assert/strict'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, it } from 'mocha'
import * as vscode from 'vscode'
import { record } from '../run.ts'
import { diagnosticsOf, lineOf, openSample, ruleOf } from '../suite/sample.ts'

type BlockName = 'block-idle' | 'block-check' | 'block-load' | 'block-seed'

/** A figure of the bench, in milliseconds: the middle and the largest of `samples` measurements. */
export interface Measure {
  readonly kind: 'measure'
  readonly name: 'diagnostics' | 'lenses' | BlockName | `${BlockName}-busy`
  readonly medianMillis: number
  readonly maxMillis: number
  readonly samples: number
}

const activities = 'src/routes/activities.ts'
const queryInLoop = 'storage.getPost(activity.post_id)'
const repetitions = 15

function measured(name: Measure['name'], millis: readonly number[]): void {
  const sorted = millis.toSorted((a, b) => a - b)
  record({
    kind: 'measure',
    name,
    medianMillis: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    maxMillis: sorted.at(-1) ?? Number.NaN,
    samples: sorted.length,
  } satisfies Measure)
}

/** One time that the host's event loop stood still. */
interface Block {
  readonly millis: number
  /** How much of it the host's thread was running; for the rest the system had given the processor to others. */
  readonly busyMillis: number
}

/** Every millisecond the host's event loop is asked whether it is late, until the work is done. */
async function blocksDuring(work: () => Promise<void>): Promise<Block[]> {
  const blocks: Block[] = []
  let atMillis = performance.now()
  let cpu = process.threadCpuUsage()
  const timer = setInterval(() => {
    const now = performance.now()
    const used = process.threadCpuUsage()
    const busyMillis = (used.user - cpu.user + used.system - cpu.system) / 1000
    blocks.push({ millis: now - atMillis - 1, busyMillis })
    atMillis = now
    cpu = used
  }, 1)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return blocks
}

/** The longest time the host's event loop stood still while `work` ran, and the longest that its thread worked at a stretch. */
async function longestBlock(name: BlockName, work: () => Promise<void>): Promise<void> {
  const blocks = await blocksDuring(work)
  measured(
    name,
    blocks.map(({ millis }) => Math.max(0, millis)),
  )
  measured(
    `${name}-busy`,
    blocks.map(({ millis, busyMillis }) => Math.max(0, Math.min(millis, busyMillis))),
  )
}

/** Types a line break at the top of the file, which moves every finding, and gives the time it was typed. */
async function type(editor: vscode.TextEditor): Promise<number> {
  const typedAt = performance.now()
  await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '\n'))
  return typedAt
}

async function showsFindings({ document }: vscode.TextEditor): Promise<void> {
  const line = lineOf(document, queryInLoop)
  await diagnosticsOf(document.uri, (all) =>
    all.some((each) => ruleOf(each) === 'n-plus-one' && each.range.start.line === line),
  )
}

async function showsLenses({ document }: vscode.TextEditor): Promise<void> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    100,
  )
  const line = lineOf(document, 'activitiesRouter.get(')
  assert.ok(lenses.some(({ range }) => range.start.line === line))
}

async function typeAndWait(shows: (editor: vscode.TextEditor) => Promise<void>): Promise<number[]> {
  const editor = await openSample(activities)
  await shows(editor)
  const millis: number[] = []
  for (let index = 0; index < repetitions; index++) {
    const typedAt = await type(editor)
    await shows(editor)
    millis.push(performance.now() - typedAt)
  }
  await vscode.commands.executeCommand('workbench.action.files.revert')
  return millis
}

/** Runs a command and confirms what it asks as often as needed until it has ended. */
async function confirmed(command: string, argument?: unknown): Promise<void> {
  const ended = Promise.resolve(vscode.commands.executeCommand(command, argument)).then(() => true)
  do await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem')
  while (!(await Promise.race([ended, sleep(500, false)])))
}

function workspaceFolder(): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? []
  assert.ok(folder)
  return folder.uri
}

async function loadTest(): Promise<void> {
  await confirmed('headroom.loadTest', { folder: workspaceFolder().toString(), route: 'GET /health' })
  const runs = await vscode.workspace.findFiles('.headroom/runs/*.json', null)
  assert.ok(runs.length > 0, 'the load test left no run')
}

/** Adds a million rows and more to the sample's database. */
async function seed(): Promise<void> {
  const configuration = vscode.Uri.joinPath(workspaceFolder(), 'headroom.config.json')
  const rows = { database: 'sqlite:./data/app.sqlite', factory: { rows: { activities: 1_000_000 } } }
  await vscode.workspace.fs.writeFile(configuration, Buffer.from(JSON.stringify(rows)))
  await confirmed('headroom.seed')
  const { size } = await vscode.workspace.fs.stat(
    vscode.Uri.joinPath(workspaceFolder(), 'data', 'app.sqlite'),
  )
  assert.ok(size > 10_000_000, 'no rows were added')
}

describe('responsiveness', function () {
  this.timeout(180_000)

  it('shows findings after typing', async () => {
    measured('diagnostics', await typeAndWait(showsFindings))
  })

  it('shows lenses after typing', async () => {
    measured('lenses', await typeAndWait(showsLenses))
  })

  it('stays free while nothing happens, for comparison', async () => {
    await longestBlock('block-idle', () => sleep(10_000))
  })

  it('stays free during a check', async () => {
    await longestBlock('block-check', async () => {
      await typeAndWait(showsFindings)
    })
  })

  it('stays free during a load test at full speed', async () => {
    const configuration = vscode.workspace.getConfiguration('headroom')
    await configuration.update('users', [10, 50, 100], vscode.ConfigurationTarget.Workspace)
    await configuration.update('stepSeconds', 3, vscode.ConfigurationTarget.Workspace)
    await longestBlock('block-load', loadTest)
  })

  it('stays free while a database is seeded', async () => {
    await longestBlock('block-seed', seed)
  })
})
