import assert from 'node:assert/strict'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Locator } from 'playwright-core'
import { type EditorWindow, openEditorWindow } from '../../../scripts/editor-window.ts'
import { capture } from '../../../scripts/lifetime.ts'
import { repository } from '../../../scripts/repository.ts'
import {
  codeLenses,
  goToLine,
  loadTestLens,
  openFile,
  openSidebar,
  picture,
  runCommand,
  sidebarRow,
  turnAway,
} from '../../../scripts/workbench.ts'
import { recordLines } from '../../../src/workflows/origins/attribution-store.ts'

const routes = 'src/routes/activities.ts'

/** A handler as an assistant writes it: a query in a loop, and no limit. */
function handler(name: string): string {
  return `
// The posts of a user's ${name}
activitiesRouter.get('/:userId/${name}', async (req, res) => {
  const activities = await storage.getActivitiesByUser(Number(req.params.userId))
  const posts = []
  for (const activity of activities) {
    posts.push(await storage.getPost(activity.post_id))
  }
  res.json({ activities, posts })
})
`
}

async function git(folder: string, ...args: readonly string[]): Promise<void> {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false']
  const { code, output } = await capture('git', ['-C', folder, ...identity, ...args])
  assert.equal(code, 0, output)
}

/** A repository with a branch `more`, which has an endpoint that `main` hasn't. */
async function prepare(folder: string): Promise<void> {
  const file = join(folder, routes)
  await writeFile(join(folder, '.gitignore'), 'node_modules\ndata\n.headroom\n')
  await git(folder, 'init', '--quiet', '--initial-branch=main')
  await git(folder, 'add', '--all')
  await git(folder, 'commit', '--quiet', '--message', 'Begin')
  await git(folder, 'switch', '--quiet', '--create', 'more')
  const text = await readFile(file, 'utf8')
  await writeFile(
    file,
    text.replace('\n// Record a new activity', `${handler('recent')}\n// Record a new activity`),
  )
  await git(folder, 'commit', '--quiet', '--all', '--message', 'Add recent activities')
  await git(folder, 'switch', '--quiet', 'main')
}

describe('a new endpoint', { timeout: 300_000 }, () => {
  let editor: EditorWindow
  let newLenses: Locator
  let tab: Locator
  let badge: Locator
  before(async () => {
    editor = await openEditorWindow({ extension: repository, prepare })
    const { page } = editor
    newLenses = codeLenses(page).locator('a').filter({ hasText: 'New endpoint' })
    tab = page.locator('.activitybar').getByRole('tab', { name: /^Headroom/ })
    badge = tab.locator('.badge-content')
    await openFile(page, routes)
    await loadTestLens(page).waitFor()
    await openSidebar(page)
    await sidebarRow(page, 'GET /users/:userId/activities').first().waitFor()
  })
  after(async () => {
    await editor?.[Symbol.asyncDispose]()
  })

  it('has one quiet sign, above its handler and on the view, and no notification', async () => {
    const { page, workspace } = editor
    assert.equal(await newLenses.count(), 0)
    await appendFile(join(workspace, routes), handler('orders'))
    await badge.filter({ hasText: '1' }).waitFor()
    const name = await tab.getAttribute('aria-label')
    assert.match(name ?? '', /New endpoint GET \/users\/:userId\/orders: 2 findings, never load tested/)
    await goToLine(page, 90)
    await newLenses.first().waitFor()
    assert.equal(await newLenses.first().innerText(), 'New endpoint · 2 findings · never load tested')
    assert.equal(await page.locator('.notification-list-item').count(), 0)
    await picture(page, 'new-endpoint')
    await newLenses.first().click()
    await page.locator('.quick-input-list').getByText('n-plus-one').waitFor()
    await badge.waitFor({ state: 'hidden' })
    // The editor draws its lenses anew when it has the focus again.
    await turnAway(page)
    await newLenses.first().waitFor({ state: 'hidden' })
  })

  it('says of its handler what the evidence says, in the lens and in the list', async () => {
    const { page, workspace } = editor
    const text = await readFile(join(workspace, routes), 'utf8')
    const lines = text.split('\n')
    const startLine = lines.findIndex((line) => line.includes('/:userId/orders')) + 1
    await recordLines(workspace, [
      {
        file: routes,
        source: 'Claude Code hook',
        score: 1,
        at: Date.now(),
        startLine,
        endLine: startLine + 7,
        text,
      },
    ])
    await codeLenses(page).filter({ hasText: 'AI-inserted (Claude Code hook)' }).first().waitFor()
    await sidebarRow(page, 'AI-inserted (Claude Code hook)').first().waitFor()
    await codeLenses(page)
      .getByTitle(/Forget Attribution/)
      .first()
      .waitFor()
    await picture(page, 'ai-inserted')
  })

  it('is what the list is filtered by', async () => {
    const { page, workspace } = editor
    const endpoints = sidebarRow(page, /(GET|POST|PUT|DELETE) \//)
    await runCommand(page, 'Headroom: Show AI-Inserted Endpoints')
    await page.locator('.sidebar .pane-header').filter({ hasText: 'AI-inserted' }).waitFor()
    await sidebarRow(page, 'GET /users/:userId/activities').waitFor({ state: 'hidden' })
    assert.equal(await endpoints.count(), 1)
    await picture(page, 'filter-ai-inserted')
    await runCommand(page, 'Headroom: Show Endpoints Changed Since Last Commit')
    await page.locator('.sidebar .pane-header').filter({ hasText: 'changed since the last commit' }).waitFor()
    await sidebarRow(page, 'GET /users/:userId/orders').waitFor()
    assert.equal(await endpoints.count(), 1)
    await git(workspace, 'commit', '--quiet', '--all', '--message', 'Add orders')
    await page.locator('.sidebar').getByText('No endpoint has changed since the last commit.').waitFor()
    await picture(page, 'filter-changed-empty')
    await sidebarRow(page, 'Show all endpoints').click()
    await sidebarRow(page, 'GET /users/:userId/activities').first().waitFor()
  })

  it('isn’t what a checkout brings', async () => {
    const { page, workspace } = editor
    // Git has been at work just now, and what comes then isn't taken for new.
    await delay(3_000)
    await git(workspace, 'switch', '--quiet', 'more')
    await sidebarRow(page, 'GET /users/:userId/recent').first().waitFor()
    await sidebarRow(page, 'GET /users/:userId/orders').waitFor({ state: 'hidden' })
    await delay(5_000)
    assert.equal(await badge.isVisible(), false)
    await appendFile(join(workspace, routes), handler('carts'))
    await badge.filter({ hasText: '1' }).waitFor()
    await goToLine(page, 110)
    await newLenses.first().waitFor()
    assert.equal(await newLenses.count(), 1)
    await picture(page, 'new-endpoint-after-checkout')
  })

  it('is known for what it is in the next window, and isn’t new there', async () => {
    const { page } = editor
    const block = codeLenses(page).filter({ hasText: 'inserted block' })
    await block.first().waitFor()
    await page.reload()
    await page.locator('.monaco-editor .view-line').first().waitFor()
    await goToLine(page, 110)
    await block.first().waitFor()
    assert.equal(await newLenses.count(), 0)
    await picture(page, 'inserted-block-reloaded')
  })
})
