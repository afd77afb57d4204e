import assert from 'node:assert/strict'
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { type EditorWindow, openEditorWindow } from '../../../scripts/editor-window.ts'
import { capture } from '../../../scripts/lifetime.ts'
import { repository } from '../../../scripts/repository.ts'
import { freePort, seedSample } from '../../../scripts/sample-copy.ts'
import {
  dismiss,
  notification,
  openFile,
  picture,
  pressIn,
  pressInQuestion,
  runCommand,
  testedRoute,
  turnAway,
  until,
  webview,
} from '../../../scripts/workbench.ts'

const handlers = 'src/routes/activities.ts'
const verifyMillis = 180_000

async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false']
  const { code, output } = await capture('git', ['-C', folder, ...identity, ...args])
  assert.equal(code, 0, output)
  return output
}

/** The folders within these copies in which processes work, such as the server that is measured. */
async function processesInCopies(of: readonly string[]): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')))
  return folders.filter((folder) => of.some((name) => folder.includes(`/${name}/`)))
}

/** The copies of a project's code that verifications have made and not yet removed. */
async function copies(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('headroom-verify-'))
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost')
    const end = (isOpen: boolean): void => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })
}

describe('a change that is verified', { timeout: 400_000 }, () => {
  let editor: EditorWindow
  let page: Page
  let port: number
  let slow: string
  let quick: string
  before(async () => {
    port = await freePort()
    editor = await openEditorWindow({
      extension: repository,
      prepare: seedSample,
      settings: {
        'headroom.baseUrl': `http://localhost:${port}`,
        'headroom.startCommand': 'node src/server.ts',
        'headroom.stepSeconds': 0.5,
      },
    })
    page = editor.page
    slow = await text()
    // A page of the list in place of all of it: faster, and clients get less.
    quick = slow.replace(
      'getActivitiesByUser(userId)',
      'getActivitiesByUser(userId).then((all) => all.slice(0, 5))',
    )
    assert.notEqual(quick, slow)
  })
  after(async () => {
    await picture(page, 'verify-last')
    await editor?.[Symbol.asyncDispose]()
  })

  function text(): Promise<string> {
    return readFile(join(editor.workspace, handlers), 'utf8')
  }

  function write(content: string): Promise<void> {
    return writeFile(join(editor.workspace, handlers), content)
  }

  const rows = (): Locator => page.locator('.quick-input-list .monaco-list-row')

  /** Runs the command for the slow endpoint up to its one question. */
  async function ask(): Promise<void> {
    await runCommand(page, 'Verify Change')
    await rows().filter({ hasText: testedRoute }).first().click()
    await rows().filter({ hasText: 'The answers stay the same' }).waitFor()
    await page.mouse.move(0, 0)
  }

  it('needs a commit before it, and a difference', async () => {
    await runCommand(page, 'Verify Change')
    await dismiss(await notification(page, /is in no git repository/))
    await git(editor.workspace, 'init', '--quiet', '--initial-branch=main')
    await git(editor.workspace, 'add', '--all')
    await git(editor.workspace, 'commit', '--quiet', '--message', 'Begin')
    await runCommand(page, 'Verify Change')
    await dismiss(await notification(page, /Nothing has changed since the last commit/))
  })

  it('is neither saved nor measured where the question is turned away', async () => {
    await openFile(page, handlers)
    await page.locator('.editor-instance .view-line').first().click()
    await page.keyboard.type('//')
    await ask()
    const question = rows().filter({ hasText: `${handlers} (unsaved changes are saved first)` })
    await question
      .filter({ hasText: 'Starts `node src/server.ts` in turn from copies of the code' })
      .waitFor()
    await picture(page, 'verify-question')
    await turnAway(page)
    assert.equal(await text(), slow)
    await runCommand(page, 'File: Revert File')
    assert.equal(await git(editor.workspace, 'status', '--short'), '')
  })

  /** Verifies the quick text until its server is under load; resolves to its notification, and the copies that were made. */
  async function measure(): Promise<{ readonly running: Locator; readonly made: readonly string[] }> {
    await write(quick)
    const earlier = await copies()
    await ask()
    await pressInQuestion(page, 'Enter')
    const running = await notification(page, /Verifying the change of .* Measuring the code before, 1 of/)
    await until('no server listens', () => listens(port))
    const made = (await copies()).filter((name) => !earlier.includes(name))
    assert.ok((await processesInCopies(made)).length > 0, 'no server runs in a copy')
    return { running, made }
  }

  /** Whether no server and no copy of a verification is left. */
  async function isGone(made: readonly string[]): Promise<boolean> {
    const left = (await copies()).filter((name) => made.includes(name))
    return left.length === 0 && !(await listens(port)) && (await processesInCopies(made)).length === 0
  }

  it('leaves nothing behind where it is cancelled under load', async () => {
    const { running, made } = await measure()
    await picture(page, 'verify-running')
    await pressIn(running, 'Cancel')
    await page.locator('.statusbar-item').filter({ hasText: 'The verification was cancelled' }).waitFor()
    await picture(page, 'verify-cancelled')
    assert.ok(await isGone(made), 'something of the verification is left')
    assert.equal(await text(), quick)
    assert.equal(await git(editor.workspace, 'status', '--short'), ` M ${handlers}\n`)
  })

  it('is faster beyond noise, which is shown with every check', async () => {
    await ask()
    await pressInQuestion(page, 'ArrowDown')
    await pressInQuestion(page, 'Enter')
    const verified = await notification(
      page,
      /the change is verified\. .*: better beyond noise\./,
      verifyMillis,
    )
    await picture(page, 'verify-verified')
    await pressIn(verified, 'Show Details')
    const report = webview(page)
    await report.getByRole('heading', { name: testedRoute }).waitFor()
    await report
      .locator('tr')
      .filter({ hasText: 'Same answers' })
      .getByText('declared', { exact: true })
      .waitFor()
    await picture(page, 'verify-details')
    assert.equal(await page.locator('.tab.dirty').count(), 0, 'the report asks to be saved')
    assert.equal(await text(), quick)
  })

  it('is taken back where it is refuted, after a yes', async () => {
    const refutedText = quick.replace('res.json(enriched)', 'res.json(enriched')
    await write(refutedText)
    await ask()
    await pressInQuestion(page, 'Enter')
    await pressIn(await notification(page, /the change is refuted\. Parses: /), 'Show Details')
    const refuted = await notification(page, /the change is refuted\. Parses: /)
    await picture(page, 'verify-refuted')
    await pressIn(refuted, 'Revert Change')
    const modal = page.locator('.monaco-dialog-box')
    await modal.getByText(handlers).waitFor()
    await picture(page, 'verify-revert')
    await modal.getByText('Revert Change', { exact: true }).click()
    await notification(page, /Taken back: src\/routes\/activities\.ts\./)
    assert.equal(await text(), slow)
    assert.equal(await git(editor.workspace, 'status', '--short'), '')
    await page.locator('.tab').filter({ hasText: 'activities.ts' }).click()
    await page.locator('.editor-instance .monaco-editor.focused').waitFor()
    await page.keyboard.press('Control+Z')
    await page.locator('.tab.dirty').filter({ hasText: 'activities.ts' }).waitFor()
    await page.keyboard.press('Control+S')
    await page.locator('.tab.dirty').waitFor({ state: 'detached' })
    assert.equal(await text(), refutedText)
  })

  it('leaves nothing behind where the window is loaded anew', async () => {
    const { made } = await measure()
    await page.reload()
    await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 })
    await until('something of the verification is left', () => isGone(made))
    assert.equal(await text(), quick)
  })
})
