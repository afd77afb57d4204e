import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type EditorWindow, openEditorWindow } from '../../../scripts/editor-window.ts'
import { endGroup, spawnGroup } from '../../../scripts/lifetime.ts'
import { repository } from '../../../scripts/repository.ts'
import { freePort, seedSample } from '../../../scripts/sample-copy.ts'
import {
  keptRuns,
  loadTestLens,
  notification,
  openFile,
  openSidebar,
  picture,
  pressIn,
  startLoadTest,
  webview,
} from '../../../scripts/workbench.ts'
import type { Run } from '../../../src/model/run.ts'

const runMillis = 120_000

/** Starts the sample as its developer does, and resolves once it listens. */
async function startServer(folder: string, port: number, args: readonly string[]): Promise<ChildProcess> {
  const server = spawnGroup(process.execPath, [...args, 'src/server.ts'], {
    cwd: folder,
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { stdout } = server
  assert.ok(stdout)
  for await (const line of createInterface(stdout)) if (line.includes(String(port))) break
  stdout.resume()
  return server
}

describe("a load test on the developer's own server", { timeout: 300_000 }, () => {
  let editor: EditorWindow
  let port: number
  let server: ChildProcess | null = null
  before(async () => {
    port = await freePort()
    editor = await openEditorWindow({
      extension: repository,
      prepare: seedSample,
      settings: {
        'headroom.baseUrl': `http://localhost:${port}`,
        'headroom.users': [2],
        'headroom.stepSeconds': 1,
        'headroom.budget': 'p95<1ms',
      },
    })
    await openFile(editor.page, 'src/routes/activities.ts')
    await loadTestLens(editor.page).waitFor()
    await openSidebar(editor.page)
  })
  after(async () => {
    if (server !== null) await endGroup(server)
    await editor?.[Symbol.asyncDispose]()
  })

  async function lastRun(): Promise<Run> {
    const folder = join(editor.workspace, '.headroom', 'runs')
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted()
    return JSON.parse(await readFile(join(folder, names.at(-1) ?? ''), 'utf8'))
  }

  it('waits for its reload before it measures a fix', async () => {
    const { page, workspace } = editor
    const panel = webview(page)
    server = await startServer(workspace, port, ['--watch', '--watch-preserve-output'])
    await startLoadTest(page)
    await panel.getByText('Fix and re-run').click({ timeout: runMillis })
    await pressIn(await notification(page, /Nothing is changed yet/), 'Apply, Save and Load Test Again')
    await panel.getByText('Likely cause: missing pagination').waitFor({ timeout: runMillis })
    const queries = (await lastRun()).verdict.causes.flatMap(({ evidence }) => evidence).join(' ')
    assert.doesNotMatch(queries, /\d{3} queries a request/, 'the old code was measured')
  })

  it('says where it does not reload, and goes on when it was restarted', async () => {
    const { page, workspace } = editor
    const panel = webview(page)
    if (server !== null) await endGroup(server)
    server = await startServer(workspace, port, [])
    await panel.getByText('Fix and re-run').click()
    await pressIn(await notification(page, /Nothing is changed yet/), 'Apply, Save and Load Test Again')
    await notification(page, /has not reloaded since the fix was saved/)
    await picture(page, 'not-reloaded')
    await endGroup(server)
    server = await startServer(workspace, port, [])
    await keptRuns(page).nth(2).waitFor({ timeout: runMillis })
    assert.ok(((await lastRun()).preflight?.rows ?? Infinity) < 100, 'the unpaged answer was measured')
  })
})
