import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { openEditorWindow } from '../../../scripts/editor-window.ts'
import { inRepository, repository } from '../../../scripts/repository.ts'
import {
  codeLenses,
  goToLine,
  notification,
  openFile,
  openLightBulb,
  picture,
} from '../../../scripts/workbench.ts'

const file = 'src/routes/posts.ts'

/** Puts a write into the sample's loop, which no fix can take along. */
async function makeUnfixable(folder: string): Promise<void> {
  const path = join(folder, file)
  const text = await readFile(path, 'utf8')
  const push = '      postsWithAuthors.push('
  await writeFile(
    path,
    text.replace(push, `      if (!author) await storage.createUser({} as never)\n${push}`),
  )
}

/** Chooses what the light bulb offers at the query in the loop. */
async function fixWithCopilot(page: Page): Promise<void> {
  await openFile(page, file)
  await codeLenses(page).first().waitFor({ timeout: 60_000 })
  await goToLine(page, 19, 30)
  const entries = await openLightBulb(page)
  const entry = entries.filter({ hasText: 'Fix with Copilot…' })
  await entry.waitFor()
  await picture(page, 'fix-with-copilot')
  await entry.click()
}

describe('fixing with the assistant', { timeout: 240_000 }, () => {
  it('opens the chat at the finding, with the request written and not sent', async () => {
    await using editor = await openEditorWindow({
      extension: repository,
      extensions: [inRepository('test', 'editor', 'answering-model')],
      settings: { 'chat.disableAIFeatures': false },
      prepare: makeUnfixable,
    })
    const { page } = editor
    await fixWithCopilot(page)
    const input = page.locator('.inline-chat .interactive-input-editor')
    await input.getByText('Fix this finding of Headroom, and nothing else: n-plus-one.').waitFor()
    await input.getByText('Endpoint: GET /posts').waitFor()
    await picture(page, 'fix-with-copilot-chat')
  })

  it('copies the request where there is no chat', async () => {
    await using editor = await openEditorWindow({ extension: repository, prepare: makeUnfixable })
    const { page } = editor
    await fixWithCopilot(page)
    await notification(page, /The request is in the clipboard/)
  })
})
