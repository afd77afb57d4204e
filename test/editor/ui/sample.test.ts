import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type EditorWindow, openEditorWindow } from '../../../scripts/editor-window.ts'
import { repository } from '../../../scripts/repository.ts'
import { codeLenses, goToLine, openFile, openLightBulb } from '../../../scripts/workbench.ts'

const activities = 'src/routes/activities.ts'
const queryInLoop = 'storage.getPost(activity.post_id)'

describe('the sample in the editor', { timeout: 180_000 }, () => {
  let editor: EditorWindow
  before(async () => {
    editor = await openEditorWindow({ extension: repository })
  })
  after(async () => {
    await editor?.[Symbol.asyncDispose]()
  })

  it('shows a lens above a handler', async () => {
    const { page } = editor
    await openFile(page, activities)
    await codeLenses(page).filter({ hasText: 'Load test this endpoint' }).first().waitFor()
  })

  it('lists the endpoints in the side bar', async () => {
    const { page } = editor
    await page.locator('.activitybar').getByRole('tab', { name: 'Headroom' }).click()
    const tree = page.locator('.sidebar .monaco-list-row')
    await tree.filter({ hasText: 'GET /users/:userId/activities' }).first().waitFor()
  })

  it('applies a fix from the light bulb, and the file is saved as it should be', async () => {
    const { page, workspace } = editor
    const file = join(workspace, activities)
    const original = await readFile(file, 'utf8')
    const rows = original.split('\n')
    const line = rows.findIndex((row) => row.includes(queryInLoop)) + 1
    const column = (rows[line - 1] ?? '').indexOf(queryInLoop) + 1
    await openFile(page, activities)
    await page.locator('.squiggly-info').first().waitFor()
    await goToLine(page, line, column)
    const fixes = await openLightBulb(page)
    await fixes.filter({ hasText: 'Load all posts in one query' }).click()
    await page.locator('.tab.active.dirty').waitFor()
    await page.keyboard.press('Control+S')
    await page.locator('.tab.active:not(.dirty)').waitFor()
    const mended = await readFile(file, 'utf8')
    assert.notEqual(mended, original)
    assert.equal(mended.includes(queryInLoop), false)
  })
})
