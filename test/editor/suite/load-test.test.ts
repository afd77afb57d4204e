import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { after, before, describe, it } from 'mocha'
import * as vscode from 'vscode'
import type { ExtensionApi } from '../../../src/editor/extension.ts'
import type { RunEvent } from '../../../src/model/panel.ts'
import type { Run } from '../../../src/model/run.ts'
import { openSample, sampleUri } from './sample.ts'
import { freePort, listens } from './ports.ts'

const tags = 'src/routes/tags.ts'
const route = 'GET /tags'

/** Asks until the condition holds; the test's own time limit ends it otherwise. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(100)
}

async function runs(): Promise<Run[]> {
  const folder = sampleUri('.headroom/runs').fsPath
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).toSorted()
  return Promise.all(
    names.map(async (name): Promise<Run> => JSON.parse(await readFile(`${folder}/${name}`, 'utf8'))),
  )
}

async function configure(values: Readonly<Record<string, unknown>>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('headroom')
  for (const [name, value] of Object.entries(values)) {
    await configuration.update(name, value, vscode.ConfigurationTarget.Workspace)
  }
}

async function lensTitles(document: vscode.TextDocument): Promise<string[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    100,
  )
  return lenses.flatMap(({ command }) => command?.title ?? [])
}

/** Resolves at the next event of a kind in any load test. */
async function nextEvent(kind: RunEvent['kind']): Promise<void> {
  const extension = vscode.extensions.getExtension<ExtensionApi>('headroom.headroom')
  const api = await extension?.activate()
  assert.ok(api)
  await new Promise<void>((resolve) => {
    const listening = api.onDidEmit((event) => {
      if (event.kind !== kind) return
      listening.dispose()
      resolve()
    })
  })
}

/** Clicks the lens and presses Enter on the question, as often as it takes until the server is up. */
async function start(port: number): Promise<{ readonly ended: Thenable<unknown> }> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.toString()
  const ended = vscode.commands.executeCommand('headroom.loadTest', { folder, route })
  await until(async () => {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem')
    return listens(port)
  })
  return { ended }
}

describe('a load test', function () {
  this.timeout(90_000)
  let port = 0

  before(async () => {
    port = await freePort()
    await configure({
      baseUrl: `http://localhost:${port}`,
      users: [2, 4],
      stepSeconds: 0.5,
      budget: 'p95<10s',
    })
  })
  after(() => configure({ baseUrl: undefined, users: undefined, stepSeconds: undefined, budget: undefined }))

  it('starts the server, measures, shows the result above the handler and stops the server', async () => {
    const { document } = await openSample(tags)
    const earlier = (await runs()).length
    const { ended } = await start(port)
    await ended
    const run = (await runs()).at(-1)
    assert.equal((await runs()).length, earlier + 1)
    assert.equal(run?.route, route)
    assert.equal(run.verdict.kind, 'holds', run.verdict.sentence)
    await until(async () => (await lensTitles(document)).some((title) => /p95 .* @ 4 · holds/.test(title)))
    assert.equal(await listens(port), false)
  })

  it('stops at once when asked to, keeps what was measured and leaves no server behind', async () => {
    await configure({ users: [2], stepSeconds: 60 })
    const earlier = (await runs()).length
    const measuring = nextEvent('tick')
    const { ended } = await start(port)
    await measuring
    await vscode.commands.executeCommand('headroom.stop')
    await ended
    assert.equal(await listens(port), false)
    const later = await runs()
    assert.equal(later.length, earlier + 1)
    assert.equal(later.at(-1)?.verdict.kind, 'stopped')
  })
})
