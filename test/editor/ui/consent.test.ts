import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type EditorWindow, openEditorWindow } from '../../../scripts/editor-window.ts'
import { repository } from '../../../scripts/repository.ts'
import { freePort, seedSample } from '../../../scripts/sample-copy.ts'
import { codeLenses, goToLine, openFile, pressInQuestion, webview } from '../../../scripts/workbench.ts'

const handlers = 'src/routes/activities.ts'
const route = 'POST /users/:userId/activities'

describe('a load test that changes data', { timeout: 240_000 }, () => {
  let editor: EditorWindow
  before(async () => {
    editor = await openEditorWindow({
      extension: repository,
      prepare: seedSample,
      settings: {
        'headroom.baseUrl': `http://localhost:${await freePort()}`,
        'headroom.users': [1, 2],
        'headroom.stepSeconds': 1,
      },
    })
  })
  after(async () => {
    await editor?.[Symbol.asyncDispose]()
  })

  it('is sent only after a yes', async () => {
    const { page, workspace } = editor
    const runs = join(workspace, '.headroom', 'runs')
    const question = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: `${route} · ` })
    const modal = page.locator('.monaco-dialog-box').filter({ hasText: `${route} changes data` })
    const ask = async (): Promise<void> => {
      await codeLenses(page).getByTitle(route, { exact: true }).click()
      // Not Enter: after a modal the list may be there before the focus is in it.
      await question.click()
    }
    const text = await readFile(join(workspace, handlers), 'utf8')
    await openFile(page, handlers)
    await page.locator('.squiggly-info').first().waitFor()
    await goToLine(page, text.split('\n').findIndex((line) => line.includes('.post(')) + 1)

    await ask()
    await page.locator('.quick-input-title').filter({ hasText: 'Request body' }).waitFor()
    await page.locator('.quick-input-box input').fill('{"postId":1,"type":"viewed"}')
    await pressInQuestion(page, 'Enter')
    await question.click()
    await modal.getByText('Cancel', { exact: true }).click()
    await modal.waitFor({ state: 'detached' })
    assert.equal(await page.locator('iframe.webview').count(), 0, 'nothing has begun')

    await ask()
    await modal.getByText('Send the Requests').click()
    const panel = webview(page)
    await panel.getByText('Run again').first().waitFor({ timeout: 120_000 })
    await panel.locator('header').getByText(route).waitFor()
    assert.ok(existsSync(runs))
    assert.equal((await readdir(runs)).length, 1)
  })
})
