import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
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
  sidebarRow,
  startLoadTest,
  testedRoute,
  webview,
} from '../../../scripts/workbench.ts'
import type { Run } from '../../../src/model/run.ts'

const handlers = 'src/routes/activities.ts'
const queryInLoop = 'storage.getPost(activity.post_id)'
const runMillis = 120_000

describe('results in the editor', { timeout: 400_000 }, () => {
  let editor: EditorWindow
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
})
