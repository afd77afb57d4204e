import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type EditorWindow, openEditorWindow } from '../../../scripts/editor-window.ts'
import { repository } from '../../../scripts/repository.ts'
import { freePort, seedSample } from '../../../scripts/sample-copy.ts'
import {
  codeLenses,
  keptRuns,
  loadTestLens,
  notification,
  openFile,
  openSidebar,
  picture,
  pressIn,
  pressInQuestion,
  pressInRow,
  pressUntil,
  sidebarRow,
  startLoadTest,
  testedRoute,
  turnAway,
  webview,
} from '../../../scripts/workbench.ts'
import type { Run } from '../../../src/model/run.ts'

const handlers = 'src/routes/activities.ts'
const queryInLoop = 'storage.getPost(activity.post_id)'
const runMillis = 120_000

describe('results in the editor', { timeout: 400_000 }, () => {
  let editor: EditorWindow
  let lastRun: Run | undefined
  before(async () => {
    editor = await openEditorWindow({
      extension: repository,
      prepare: seedSample,
      settings: {
        'headroom.baseUrl': `http://localhost:${await freePort()}`,
        'headroom.users': [2, 5],
        'headroom.stepSeconds': 1,
        'headroom.budget': 'p95<20ms',
      },
    })
    await openFile(editor.page, handlers)
    await loadTestLens(editor.page).waitFor()
    await openSidebar(editor.page)
  })
  after(async () => {
    await editor?.page.screenshot({ path: join(repository, 'test/output/ui/results-last.png') })
    await editor?.[Symbol.asyncDispose]()
  })

  async function runs(): Promise<Run[]> {
    const folder = join(editor.workspace, '.headroom', 'runs')
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted()
    return Promise.all(
      names.map(async (name): Promise<Run> => JSON.parse(await readFile(join(folder, name), 'utf8'))),
    )
  }

  it('goes from the lens to a verdict, its fix, and the same load on the mended code', async () => {
    const { page, workspace } = editor
    const panel = webview(page)
    await startLoadTest(page)
    await panel.getByText('Fix and re-run').waitFor({ timeout: runMillis })
    await picture(page, 'verdict')
    await panel.getByText('Fix and re-run').click()
    await page.locator('.tab.active').filter({ hasText: 'Load all posts in one query' }).waitFor()
    await picture(page, 'fix')
    const offer = await notification(page, /Nothing is changed yet/)
    await pressIn(offer, 'Apply, Save and Load Test Again')
    await panel.locator('.verdict-change').waitFor({ timeout: runMillis })
    await picture(page, 'before-and-after')

    const saved = await readFile(join(workspace, handlers), 'utf8')
    assert.equal(saved.includes(queryInLoop), false, 'the fix is not on disk')
    const [first, second, ...others] = await runs()
    assert.ok(first && second)
    assert.deepEqual(others, [])
    assert.deepEqual(second.plan.steps, first.plan.steps)
    assert.deepEqual(second.plan.request, first.plan.request)
    assert.deepEqual(second.conditions.rows, first.conditions.rows)
  })

  it('says above the handler what was measured last, without a stale mark', async () => {
    const { page } = editor
    await codeLenses(page)
      .filter({ hasText: /▶ Load test · fails before load(?! · stale)/ })
      .first()
      .waitFor()
    await sidebarRow(page, testedRoute)
      .filter({ hasText: /fails before load · 1 finding/ })
      .waitFor()
  })

  it('puts the result on the clipboard, and saves a report of both runs', async () => {
    const { page, workspace } = editor
    const panel = webview(page)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await panel.getByText('Copy as Markdown').click()
    await page.locator('.statusbar-item').filter({ hasText: 'The result is on the clipboard' }).waitFor()
    const markdown = await page.evaluate<string>('navigator.clipboard.readText()')
    assert.match(markdown, /Fails before load/)

    await panel.getByText('Save report…').click()
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Web page' }).click()
    const id = (await runs()).at(-1)?.id ?? ''
    const report = join(workspace, `${id}.html`)
    await page.locator('.quick-input-title').filter({ hasText: 'Save report' }).waitFor()
    await page.locator('.quick-input-widget').getByText('OK', { exact: true }).click()
    await notification(page, new RegExp(`Saved ${id}\\.html`))
    assert.match(await readFile(report, 'utf8'), /Before and after|headroom\.run/)
  })

  it('groups the endpoints by their verdict, and again by file', async () => {
    const { page } = editor
    const view = page.locator('.sidebar .pane').filter({ hasText: 'Endpoints' }).first()
    await view.hover()
    await view.getByRole('button', { name: 'Group by Verdict' }).click()
    await sidebarRow(page, /^Fails before load/).waitFor()
    await sidebarRow(page, /^Never tested/).waitFor()
    await picture(page, 'by-verdict')
    await view.getByRole('button', { name: 'Group by File' }).click()
    await sidebarRow(page, /^activities\.ts/).waitFor()
  })

  it('keeps a budget that is set in the tree, from the panel and from the lens', async () => {
    const { page, workspace } = editor
    const input = page.locator('.quick-input-widget input')
    const config = join(workspace, 'headroom.config.json')
    const title = page.locator('.quick-input-title').filter({ hasText: `Budget of ${testedRoute}` })
    const enter = async (budget: string): Promise<void> => {
      await title.waitFor()
      await input.fill('p95 quickly')
      await page
        .locator('.quick-input-message')
        .filter({ hasText: /budget|clause|write/i })
        .waitFor()
      await input.fill(budget)
      await pressInQuestion(page, 'Enter')
      await notification(page, new RegExp(`has the budget ${budget} now`))
      const text = await readFile(config, 'utf8')
      assert.match(text, new RegExp(`"${testedRoute}": "${budget.replace(',', ', ?')}"`))
      assert.match(text, /\/\/ What "fast enough" means for this API/, 'a comment was lost')
    }
    await pressInRow(sidebarRow(page, testedRoute).first(), 'Set Budget', title)
    await enter('p95<800ms')
    await webview(page).getByText('Set budget…').click()
    await enter('p95<900ms')
    await loadTestLens(page).click()
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Budget…' }).click()
    await enter('p95<950ms')
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'p95 < 950ms' }).waitFor()
    await picture(page, 'question')
    await turnAway(page)
  })

  it('pins a run as baseline, compares two and deletes one', async () => {
    const { page, workspace } = editor
    const baselines = join(workspace, 'headroom.baselines.json')
    const list = page.locator('.sidebar .pane').filter({ has: page.getByText('Runs', { exact: true }) })
    const rows = keptRuns(page)
    await pressInRow(rows.first(), 'Pin as Baseline', rows.filter({ hasText: 'baseline' }))
    const [, second] = await runs()
    lastRun = second
    assert.equal(JSON.parse(await readFile(baselines, 'utf8')).baselines[testedRoute].id, second?.id)

    const choice = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Baseline' })
    await pressInRow(rows.last(), 'Compare', choice)
    await choice.click()
    await webview(page).locator('.verdict-change').waitFor()
    await picture(page, 'compared')

    await pressInRow(rows.first(), 'Unpin Baseline', rows.first().filter({ hasNotText: 'baseline' }))
    await rows.first().click()
    await rows.last().click({ modifiers: ['Shift'] })
    await rows.last().click({ button: 'right' })
    const menu = page.locator('.monaco-menu .action-item')
    await menu.filter({ hasText: 'Compare…' }).waitFor()
    await picture(page, 'runs-menu')
    const dialog = page.locator('.monaco-dialog-box').filter({ hasText: 'Delete 2 runs?' })
    await pressUntil(dialog, () => menu.filter({ hasText: 'Delete…' }).click({ timeout: 5_000 }))
    await dialog.getByText('Delete', { exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    await rows.first().waitFor({ state: 'detached' })
    assert.deepEqual(await runs(), [])
    await list.getByText('Load Test an Endpoint').waitFor()
    await codeLenses(page).filter({ hasText: 'Load test this endpoint' }).first().waitFor()
  })

  it('takes up a run that was made outside of it, in folders that are new', async () => {
    const { page, workspace } = editor
    assert.ok(lastRun)
    const home = join(workspace, '.headroom')
    await rm(home, { recursive: true })
    await mkdir(join(home, 'runs'), { recursive: true })
    await writeFile(join(home, 'runs', `${lastRun.id}.json`), JSON.stringify(lastRun))
    await keptRuns(page).filter({ hasText: testedRoute }).waitFor()
    await codeLenses(page)
      .filter({ hasText: /▶ Load test · fails before load/ })
      .first()
      .waitFor()
  })
})
