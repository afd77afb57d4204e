import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type EditorWindow, openEditorWindow } from '../../../scripts/editor-window.ts'
import { temporaryFolder } from '../../../scripts/lifetime.ts'
import { repository } from '../../../scripts/repository.ts'
import { openFile, openSidebar, picture, runCommand, loadTestLens } from '../../../scripts/workbench.ts'

describe('the first minutes', { timeout: 180_000 }, () => {
  let editor: EditorWindow
  before(async () => {
    editor = await openEditorWindow({ extension: repository })
  })
  after(async () => {
    await editor?.[Symbol.asyncDispose]()
  })

  it('shows lens and squiggle without a notification, and says where runs will be', async () => {
    const { page } = editor
    await openFile(page, 'src/routes/activities.ts')
    await loadTestLens(page).waitFor()
    await page.locator('.squiggly-info').first().waitFor()
    await openSidebar(page)
    await page.locator('.sidebar').getByText('No endpoint has been load tested here yet').waitFor()
    await page.locator('[id="status.notifications"] a').click()
    const told = await page.locator('.notification-list-item').allInnerTexts()
    assert.deepEqual(
      told.filter((text) => /headroom/i.test(text)),
      [],
    )
  })

  it('has a walkthrough whose pictures are there', async () => {
    const { page } = editor
    await page.keyboard.press('Escape')
    await runCommand(page, 'Welcome: Open Walkthrough')
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Headroom' }).first().click()
    const step = page.locator('.step-list-container').getByText('Try it on a sample')
    await step.waitFor()
    await page.locator('.getting-started-media').first().waitFor()
    await picture(page, 'walkthrough')
  })

  it('copies the sample into a folder of the user’s choice and opens it', async () => {
    const { page } = editor
    await using parent = await temporaryFolder('headroom-first-')
    const chosen = join(parent.path, 'code')
    await mkdir(chosen)
    await runCommand(page, 'Headroom: Open Sample')
    const input = page.locator('.quick-input-widget input')
    await page.locator('.quick-input-title').filter({ hasText: 'Where should the sample API go?' }).waitFor()
    const opened = page.context().waitForEvent('page')
    // The dialog writes its own folder into the input once it has listed that, over what was written before.
    await page.locator('.quick-input-list .monaco-list-row').first().waitFor()
    await page.locator('.quick-input-widget .monaco-progress-container.active').waitFor({ state: 'detached' })
    await input.fill(`${chosen}/`)
    await page.locator('.quick-input-list .monaco-list-row').nth(1).waitFor({ state: 'detached' })
    assert.equal(await input.inputValue(), `${chosen}/`)
    await page.locator('.quick-input-widget').getByText('Copy Sample Here').click()
    const sample = await opened
    assert.match(decodeURIComponent(sample.url()), /folder=.*\/code\/headroom-sample/)
    assert.ok(existsSync(join(chosen, 'headroom-sample', 'src', 'routes', 'activities.ts')))
    assert.ok(existsSync(join(chosen, 'headroom-sample', 'node_modules')))
  })
})
