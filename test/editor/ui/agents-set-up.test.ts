import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { type EditorWindow, openEditorWindow } from '../../../scripts/editor-window.ts'
import { repository } from '../../../scripts/repository.ts'
import {
  dismiss,
  notification,
  openFile,
  picture,
  pressIn,
  pressInQuestion,
  runCommand,
  turnAway,
} from '../../../scripts/workbench.ts'

const foreignServer = '{\n  "mcpServers": {\n    "other": { "command": "other" }\n  }\n}\n'
const brokenJson = '{ "mcpServers": {\n'
const instructions = '.github/instructions/headroom.instructions.md'

/** A project whose team uses assistants already, with files of its own for them. */
async function prepare(folder: string): Promise<void> {
  await mkdir(join(folder, '.cursor'))
  const texts = {
    'AGENTS.md': '# Our rules\n\nUse tabs.\n',
    'CLAUDE.md': '# Claude\n',
    '.mcp.json': foreignServer,
    '.cursor/mcp.json': brokenJson,
  }
  for (const [file, text] of Object.entries(texts)) await writeFile(join(folder, file), text)
}

/** What of a folder isn't the project's own to look at: its packages, and Headroom's notes. */
const others = ['node_modules', '.headroom']

/** All files of a project by name, with their texts; folders are there too, with none. */
async function filesIn(folder: string): Promise<Record<string, string>> {
  const texts: Record<string, string> = {}
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (others.includes(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      texts[`${entry.name}/`] = ''
      for (const [name, text] of Object.entries(await filesIn(path))) texts[`${entry.name}/${name}`] = text
    } else texts[entry.name] = await readFile(path, 'utf8')
  }
  return texts
}

function modalOf(page: Page): Locator {
  return page.locator('.monaco-dialog-box')
}

function rowsOf(page: Page): Locator {
  return page.locator('.quick-input-list .monaco-list-row')
}

/** The editor with what would be written. */
function tabOf(page: Page): Locator {
  return page.locator('.tab').filter({ hasText: 'What assistants will read' })
}

async function answer(page: Page, button: string): Promise<void> {
  await modalOf(page).getByText(button, { exact: true }).click()
  await modalOf(page).waitFor({ state: 'detached' })
}

/** Opens the list of agents and picks these alone, whatever this machine shows signs of. */
async function choose(page: Page, ...names: readonly string[]): Promise<void> {
  await runCommand(page, 'Set Up Coding Agents')
  await rowsOf(page).filter({ hasText: 'Claude Code' }).waitFor()
  for (const row of await rowsOf(page).all()) {
    const name = row.locator('.label-name').first()
    const isPicked = await row.getByRole('checkbox').isChecked()
    if (isPicked !== names.includes(await name.innerText())) await name.click()
  }
  await page.mouse.move(0, 0)
}

describe('coding assistants', { timeout: 240_000 }, () => {
  let editor: EditorWindow
  let page: Page
  let untouched: Record<string, string>
  before(async () => {
    editor = await openEditorWindow({ extension: repository, prepare })
    page = editor.page
    untouched = await filesIn(editor.workspace)
  })
  after(async () => {
    await editor?.[Symbol.asyncDispose]()
  })

  function text(file: string): Promise<string> {
    return readFile(join(editor.workspace, file), 'utf8')
  }

  describe('that are taught', () => {
    it('are told nothing before a yes to what would be written', async () => {
      await runCommand(page, 'Teach the Assistant')
      await modalOf(page).getByText('AGENTS.md: changed').waitFor()
      await modalOf(page).getByText(`${instructions}: new`).waitFor()
      await picture(page, 'teach-question')
      await page.keyboard.press('Escape')
      await modalOf(page).waitFor({ state: 'detached' })

      await runCommand(page, 'Teach the Assistant')
      await answer(page, 'Show Changes')
      await tabOf(page).waitFor()
      await page.locator('.editor-instance').getByText('## Load and scale').first().waitFor()
      await dismiss(await notification(page, /Write what coding assistants must know/))
      await tabOf(page).waitFor({ state: 'detached' })
      assert.deepEqual(await filesIn(editor.workspace), untouched)
    })

    it('find it beside what the project says itself, until that is undone', async () => {
      await runCommand(page, 'Teach the Assistant')
      await answer(page, 'Show Changes')
      await page.locator('.editor-instance').getByText('## Load and scale').first().waitFor()
      const question = await notification(page, /Write what coding assistants must know/)
      await picture(page, 'teach-changes')
      await pressIn(question, 'Write')
      const written = await notification(page, /Written: AGENTS\.md, CLAUDE\.md, .*Commit this/)
      await tabOf(page).waitFor({ state: 'detached' })
      await picture(page, 'teach-written')
      const agents = await text('AGENTS.md')
      assert.ok(agents.startsWith(untouched['AGENTS.md'] ?? ''), agents)
      assert.match(agents, /- Code: HTTP endpoints in express; data through Knex on SQLite\./)
      assert.equal(await text('CLAUDE.md'), '# Claude\n\n@AGENTS.md\n')
      assert.match(await text(instructions), /^---\napplyTo: "src\/app\.ts,src\/routes\/\*\*\/\*\.ts"\n---\n/)

      await runCommand(page, 'Teach the Assistant')
      await dismiss(await notification(page, /AGENTS\.md, CLAUDE\.md, .*: up to date\./))
      await pressIn(written, 'Undo')
      await dismiss(await notification(page, /As before: AGENTS\.md, CLAUDE\.md, /))
      assert.deepEqual(await filesIn(editor.workspace), untouched)
    })

    it('find nothing where a file must not be written, which is said', async () => {
      const file = join(editor.workspace, 'AGENTS.md')
      await chmod(file, 0o444)
      await runCommand(page, 'Teach the Assistant')
      await answer(page, 'Write')
      await dismiss(await notification(page, /AGENTS\.md is read-only\..* Nothing was written\./))
      await chmod(file, 0o644)

      await openFile(page, 'AGENTS.md')
      await page.locator('.editor-instance .view-line').first().click()
      await page.keyboard.type('x')
      await runCommand(page, 'Teach the Assistant')
      await answer(page, 'Write')
      await dismiss(await notification(page, /AGENTS\.md has unsaved changes\..* Nothing was written\./))
      await runCommand(page, 'File: Revert File')
      assert.deepEqual(await filesIn(editor.workspace), untouched)

      const end = '<!-- headroom:end -->\n'
      await writeFile(file, `<!-- headroom:begin v1 sha256=${'0'.repeat(64)} -->\n${end}${end}`)
      await runCommand(page, 'Teach the Assistant')
      await notification(page, /AGENTS\.md line 3: there is a second marker/)
      await picture(page, 'teach-markers')
      await dismiss(await notification(page, /there is a second marker/))
      await writeFile(file, untouched['AGENTS.md'] ?? '')
      assert.deepEqual(await filesIn(editor.workspace), untouched)
    })
  })

  describe('that are set up', () => {
    it('are given nothing before a yes to what would be written', async () => {
      await choose(page, 'Claude Code')
      await rowsOf(page).filter({ hasText: 'there is CLAUDE.md' }).waitFor()
      await picture(page, 'set-up-choice')
      await turnAway(page)
      await choose(page, 'Claude Code')
      await pressInQuestion(page, 'Enter')
      await modalOf(page).getByText('.mcp.json: changed').waitFor()
      await page.keyboard.press('Escape')
      await modalOf(page).waitFor({ state: 'detached' })
      assert.deepEqual(await filesIn(editor.workspace), untouched)
    })

    it('get their tools and their hook, and what others wrote stays', async () => {
      await choose(page, 'Claude Code', 'Cursor')
      await pressInQuestion(page, 'Enter')
      await modalOf(page).getByText('.cursor/mcp.json is not JSON at line 2; it is left alone.').waitFor()
      await picture(page, 'set-up-question')
      await answer(page, 'Show Changes')
      await page.locator('.tab').filter({ hasText: 'What agents will find' }).waitFor()
      const question = await notification(page, /Write Headroom into the agents' files\?/)
      await picture(page, 'set-up-changes')
      await pressIn(question, 'Write')
      const written = await notification(
        page,
        /Written: \.mcp\.json, \.claude\/settings\.json, \.cursor\/hooks/,
      )
      await picture(page, 'set-up-written')
      await dismiss(written)
      const { mcpServers } = JSON.parse(await text('.mcp.json'))
      assert.deepEqual(mcpServers.other, { command: 'other' })
      assert.deepEqual(mcpServers.headroom.args.slice(1), ['mcp'])
      const [{ hooks }] = JSON.parse(await text('.claude/settings.json')).hooks.PostToolUse
      assert.match(hooks[0].command, /headroom-hook\.cjs"?$/)
      assert.equal(await text('.cursor/mcp.json'), brokenJson)
    })

    it('lose it again where that is asked for, and all is as before', async () => {
      await choose(page, 'Claude Code', 'Cursor')
      await pressInQuestion(page, 'Enter')
      const done = await notification(
        page,
        /These agents are set up already\. \.cursor\/mcp\.json is not JSON/,
      )
      await picture(page, 'set-up-already')
      await pressIn(done, 'Remove…')
      await modalOf(page).getByText('.claude/settings.json: taken away').waitFor()
      await answer(page, 'Remove')
      await dismiss(await notification(page, /Taken out: /))
      assert.deepEqual(await filesIn(editor.workspace), untouched)
    })

    it("are left alone where somebody else's server has the name", async () => {
      const theirs = '{ "mcpServers": { "headroom": { "url": "http://127.0.0.1:1" } } }\n'
      await writeFile(join(editor.workspace, '.mcp.json'), theirs)
      await choose(page, 'Claude Code')
      await pressInQuestion(page, 'Enter')
      await modalOf(page).getByText('.mcp.json has another server named headroom').waitFor()
      await answer(page, 'Write')
      await dismiss(await notification(page, /Written: \.claude\/settings\.json\./))
      assert.equal(await text('.mcp.json'), theirs)
    })
  })
})
