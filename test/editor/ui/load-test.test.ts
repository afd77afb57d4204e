import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type EditorWindow, openEditorWindow } from '../../../scripts/editor-window.ts'
import { repository } from '../../../scripts/repository.ts'
import { freePort, seedSample } from '../../../scripts/sample-copy.ts'
import {
  codeLenses,
  loadTestLens,
  openFile,
  pressInQuestion,
  startLoadTest,
  testedRoute,
  webview,
} from '../../../scripts/workbench.ts'
import type { Run } from '../../../src/model/run.ts'

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost')
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })
}

/** The verdict is shown at once; the server it started has a few seconds to end. */
async function stopsListening(port: number): Promise<void> {
  const deadline = performance.now() + 5_000
  while (await listens(port)) {
    assert.ok(performance.now() < deadline, 'the server that the test started still listens')
    await delay(50)
  }
}

describe('a load test in the editor', { timeout: 300_000 }, () => {
  let editor: EditorWindow
  let port: number
  before(async () => {
    port = await freePort()
    editor = await openEditorWindow({
      extension: repository,
      prepare: seedSample,
      settings: {
        'headroom.baseUrl': `http://localhost:${port}`,
        'headroom.users': [2, 5, 10],
        'headroom.stepSeconds': 2,
      },
    })
    await openFile(editor.page, 'src/routes/activities.ts')
    await codeLenses(editor.page).filter({ hasText: 'Load test this endpoint' }).first().waitFor()
  })
  after(async () => {
    await editor?.[Symbol.asyncDispose]()
  })

  it('goes from the lens to a verdict, and starts and stops the server itself', async () => {
    const { page, workspace } = editor
    assert.equal(await listens(port), false)
    await startLoadTest(page)
    const panel = webview(page)
    await panel.getByText('Stop', { exact: true }).waitFor({ timeout: 60_000 })
    await panel.locator('canvas').first().waitFor({ timeout: 60_000 })
    await panel.getByText('Run again').first().waitFor({ timeout: 120_000 })

    const runs = join(workspace, '.headroom', 'runs')
    const [name, ...others] = (await readdir(runs)).filter((file) => file.endsWith('.json'))
    assert.ok(name)
    assert.deepEqual(others, [])
    const run: Run = JSON.parse(await readFile(join(runs, name), 'utf8'))
    assert.equal(run.route, testedRoute)
    assert.ok(run.steps.length > 0)
    await panel.getByText(run.verdict.sentence).first().waitFor()
    await stopsListening(port)
  })

  it('shows the last result above the handler and in the side bar', async () => {
    const { page } = editor
    await page.locator('.activitybar').getByRole('tab', { name: 'Headroom' }).click()
    const row = page.locator('.sidebar .monaco-list-row').filter({ hasText: testedRoute })
    await row.filter({ hasText: /p95/ }).first().waitFor()
    await codeLenses(page)
      .filter({ hasText: /▶ Load test · p95/ })
      .first()
      .waitFor()
  })

  it('stops at once and keeps what was measured', async () => {
    const { page } = editor
    await startLoadTest(page)
    const panel = webview(page)
    const stop = panel.getByText('Stop', { exact: true })
    await stop.waitFor({ timeout: 60_000 })
    await panel.locator('canvas').first().waitFor({ timeout: 60_000 })
    await stop.click()
    await panel.getByText('Run again').first().waitFor({ timeout: 10_000 })
    await stopsListening(port)
  })

  it('asks for a profile and its rates, and tells the result as a rate', async () => {
    const { page } = editor
    const rows = page.locator('.quick-input-list .monaco-list-row')
    const title = page.locator('.quick-input-title')
    await loadTestLens(page).click()
    await rows.filter({ hasText: 'Load profile…' }).click()
    await rows.filter({ hasText: 'Constant rate' }).click()
    await rows.filter({ hasText: 'Rates and time…' }).click()
    await title.filter({ hasText: 'Rates (1 of 2)' }).waitFor()
    await page.locator('.quick-input-box input').fill('5,10')
    await pressInQuestion(page, 'Enter')
    await title.filter({ hasText: 'Rates (2 of 2)' }).waitFor()
    await pressInQuestion(page, 'Enter')
    await rows.filter({ hasText: '5→10 requests/s' }).waitFor()
    await pressInQuestion(page, 'Enter')
    const panel = webview(page)
    await panel.getByText('Stop', { exact: true }).waitFor({ timeout: 60_000 })
    await panel.getByText('Run again').first().waitFor({ timeout: 60_000 })
    await panel.locator('[data-chart="latency"]').getByText('at 10 requests/s').waitFor()
    await codeLenses(page)
      .filter({ hasText: /▶ Load test · p95 .* @ 10\/s/ })
      .first()
      .waitFor()
    await stopsListening(port)
  })
})
