import assert from 'node:assert/strict'
import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { type EditorWindow, openEditorWindow } from '../../../scripts/editor-window.ts'
import { repository } from '../../../scripts/repository.ts'
import { freePort, seedSample } from '../../../scripts/sample-copy.ts'
import {
  codeLenses,
  loadTestLens,
  notification,
  openFile,
  openSidebar,
  picture,
  pressIn,
  pressInRow,
  sidebarRow,
  startLoadTest,
  testedRoute,
  until,
  webview,
} from '../../../scripts/workbench.ts'
import type { Run } from '../../../src/model/run.ts'

const handlers = 'src/routes/activities.ts'
const tags = 'src/routes/tags.ts'
const startMillis = 90_000

/** The processes that work in a folder, such as the server that a load test has started there. */
async function processesIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const working = await Promise.all(
    pids.map(async (pid) => (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === folder),
  )
  return pids.filter((_, index) => working[index]).map(Number)
}

describe('a load test that is interrupted', { timeout: 400_000 }, () => {
  let editor: EditorWindow
  let page: Page
  before(async () => {
    editor = await openEditorWindow({
      extension: repository,
      prepare: seedSample,
      settings: {
        'headroom.baseUrl': `http://localhost:${await freePort()}`,
        'headroom.users': [1, 2],
        'headroom.stepSeconds': 30,
        'headroom.budget': 'p95<60s',
      },
    })
    page = editor.page
    await openFile(page, handlers)
    await loadTestLens(page).waitFor()
    await openSidebar(page)
  })
  after(async () => {
    await picture(page, 'interruption-last')
    await editor?.[Symbol.asyncDispose]()
  })

  async function lastRun(): Promise<Run> {
    const folder = join(editor.workspace, '.headroom', 'runs')
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted()
    return JSON.parse(await readFile(join(folder, names.at(-1) ?? ''), 'utf8'))
  }

  /** Starts the slow handler's load test and waits until it is under load. */
  async function startAndMeasure(): Promise<void> {
    await startLoadTest(page)
    await sidebarRow(page, testedRoute).filter({ hasText: 'running' }).waitFor()
    // The charts of the load test before this one may still be there, its button isn't.
    await webview(page).getByText('Stop', { exact: true }).waitFor({ timeout: startMillis })
    await webview(page).locator('canvas').first().waitFor({ timeout: startMillis })
  }

  it('goes on without its panel, which shows all of it when it is opened again', async () => {
    await startAndMeasure()
    await page
      .locator('.tab.active')
      .filter({ hasText: testedRoute })
      .getByLabel(/^Close/)
      .click()
    await page.locator('iframe.webview').waitFor({ state: 'detached' })
    const item = page.locator('.statusbar-item').filter({ hasText: testedRoute })
    await item.waitFor()
    const row = sidebarRow(page, testedRoute).filter({ hasText: 'running' })
    await pressInRow(row, 'Show Results', webview(page).locator('canvas').first())
    await webview(page).getByText('Stop', { exact: true }).waitFor()
    await picture(page, 'reopened')
  })

  it('lets another one wait, which can be cancelled or has its turn', async () => {
    const next = 'GET /tags'
    const queue = async (): Promise<void> => {
      const row = sidebarRow(page, next).first()
      await row.hover()
      await row.getByRole('button', { name: 'Load Test Endpoint' }).click()
      await pressIn(await notification(page, /is running\. Two at once/), 'Run Next')
      await page
        .locator('.quick-input-list .monaco-list-row')
        .filter({ hasText: `${next} · ` })
        .click()
      await sidebarRow(page, next).filter({ hasText: 'queued' }).waitFor()
    }
    await queue()
    await picture(page, 'queued')
    const queued = sidebarRow(page, next).filter({ hasText: 'queued' })
    await pressInRow(queued, 'Cancel', sidebarRow(page, next).filter({ hasNotText: 'queued' }).first())

    await queue()
    await webview(page).getByText('Stop', { exact: true }).click()
    await sidebarRow(page, next).filter({ hasText: 'running' }).waitFor({ timeout: startMillis })
    assert.equal((await lastRun()).verdict.kind, 'stopped')
    await webview(page).locator('canvas').first().waitFor({ timeout: startMillis })
    await webview(page).getByText('Stop', { exact: true }).click()
    await sidebarRow(page, next).filter({ hasText: 'stopped' }).first().waitFor()
    assert.equal((await lastRun()).route, next)
  })

  it('is stopped with all its processes where the window is loaded anew, which says so', async () => {
    await page.locator('.tab').filter({ hasText: 'activities.ts' }).first().click()
    await startAndMeasure()
    const { workspace } = editor
    const started = await processesIn(workspace)
    assert.ok(started.length > 0, 'no server runs in the folder')
    await page.reload()
    await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 })
    const isAlive = async (): Promise<boolean> =>
      (await processesIn(workspace)).some((pid) => started.includes(pid))
    await until('processes of the load test are left', async () => !(await isAlive()))
    const told = await notification(page, /was stopped when the window was reloaded/, 60_000)
    await picture(page, 'reloaded')
    await pressIn(told, 'Run Again')
    await webview(page).locator('canvas').first().waitFor({ timeout: startMillis })
    await webview(page).getByText('Stop', { exact: true }).click()
    await webview(page).getByText('Run again').first().waitFor()
  })

  it('ends readable where its file is deleted meanwhile', async () => {
    await openFile(page, tags)
    await codeLenses(page)
      .getByTitle(/^GET \/tags/)
      .click()
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'GET /tags · ' }).click()
    await webview(page).locator('canvas').first().waitFor({ timeout: startMillis })
    await rm(join(editor.workspace, tags))
    await sidebarRow(page, 'GET /tags').filter({ hasText: 'running' }).waitFor({ state: 'detached' })
    await webview(page)
      .getByText('Stop', { exact: true })
      .click({ timeout: 5_000 })
      .catch(() => undefined)
    await webview(page).getByText('Run again').first().waitFor({ timeout: startMillis })
    await picture(page, 'deleted')
    const { route, verdict } = await lastRun()
    assert.equal(route, 'GET /tags')
    assert.notEqual(verdict.sentence, '')
  })
})
