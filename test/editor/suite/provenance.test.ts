import assert from 'node:assert/strict'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { after, before, describe, it } from 'mocha'
import * as vscode from 'vscode'
import type { ExtensionApi } from '../../../src/editor/extension.ts'
import { ProvenanceWatch } from '../../../src/editor/provenance/provenance-watch.ts'
import type { AttributedLines } from '../../../src/model/provenance.ts'
import { readAttribution, recordLines } from '../../../src/workflows/origins/attribution-store.ts'
import { storedLines } from '../../../src/workflows/origins/tracking.ts'
import { openSample, sampleUri } from './sample.ts'

// Files of the sample: the editor knows their texts, where a new file would count as written by another tool.
const typedFile = 'src/routes/tags.ts'
const insertedFile = 'src/routes/posts.ts'
const diskFile = 'src/routes/authors.ts'
const newFile = 'src/features/authors/list.ts'
const renamedFile = 'src/routes/renamed.ts'
const handler = [
  "authorsRouter.get('/:userId/inserted', async (req, res) => {",
  '  const activities = await storage.getActivitiesByUser(Number(req.params.userId))',
  '  const posts = []',
  '  for (const activity of activities) posts.push(await storage.getPost(activity.post_id))',
  '  res.json({ activities, posts })',
  '})',
]
/** As a person types it: the editor indents and closes brackets. */
const typed =
  "router.get('/all', async (_req, res) => {\nconst users = await storage.getAllUsers()\nres.json(users)"

function root(): string {
  return sampleUri('').fsPath.replace(/[\\/]$/, '')
}

async function stored(file: string): Promise<AttributedLines[]> {
  const text = await readFile(sampleUri(file).fsPath, 'utf8')
  return storedLines(root(), file, text)
}

function ranges(lines: readonly AttributedLines[]): string[] {
  return lines.map(({ startLine, endLine, source }) => `${startLine}-${endLine} ${source}`).toSorted()
}

/** Looks until the condition holds; rejects after half a minute with what was found last. */
async function until<T>(look: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
  const end = performance.now() + 30_000
  for (;;) {
    const found = await look()
    if (holds(found)) return found
    if (performance.now() > end) assert.fail(`In vain: ${JSON.stringify(found)}`)
    await delay(100)
  }
}

async function insertHandler(file: string): Promise<vscode.TextDocument> {
  const { document } = await openSample(file)
  const edit = new vscode.WorkspaceEdit()
  edit.insert(document.uri, new vscode.Position(document.lineCount - 1, 0), `${handler.join('\n')}\n`)
  assert.equal(await vscode.workspace.applyEdit(edit), true)
  return document
}

async function type(text: string): Promise<void> {
  for (const character of text) await vscode.commands.executeCommand('type', { text: character })
}

describe('provenance', function () {
  this.timeout(60_000)
  let api: ExtensionApi | undefined
  const originals = new Map<string, string>()
  /** The first line of what is inserted, from 1: the files end with a line break. */
  let first = 0
  const log = vscode.window.createOutputChannel('Provenance test', { log: true })

  /** Resolves when the extension says that it knows something new of a file. */
  function attributed(file: string): Promise<void> {
    return new Promise((resolve) => {
      const subscription = api?.onDidAttribute(({ files: known }) => {
        if (known === null || !known.includes(file)) return
        subscription?.dispose()
        resolve()
      })
    })
  }

  before(async () => {
    api = await vscode.extensions.getExtension<ExtensionApi>('headroom.headroom')?.activate()
    for (const file of [typedFile, insertedFile, diskFile]) {
      originals.set(file, await readFile(sampleUri(file).fsPath, 'utf8'))
    }
    first = (originals.get(insertedFile) ?? '').split('\n').length
    // Following begins with the first report.
    const { document } = await openSample('src/routes/activities.ts')
    await until(
      () => Promise.resolve(vscode.languages.getDiagnostics(document.uri)),
      (found) => found.length > 0,
    )
  })

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    await rm(sampleUri(renamedFile).fsPath, { force: true })
    await rm(sampleUri('src/features').fsPath, { recursive: true, force: true })
    for (const [file, text] of originals) await writeFile(sampleUri(file).fsPath, text)
    await rm(sampleUri('.headroom/attribution.json').fsPath, { force: true })
    log.dispose()
  })

  it('labels an inserted block, and nothing that was typed before it', async function () {
    this.timeout(90_000)
    const editor = await openSample(typedFile)
    const { document } = editor
    const end = document.lineAt(document.lineCount - 1).range.end
    editor.selection = new vscode.Selection(end, end)
    await type(typed)
    await document.save()
    assert.ok(document.getText().includes('getAllUsers'), document.getText())

    const known = attributed(insertedFile)
    await insertHandler(insertedFile)
    await known
    // Events are taken up in turn: what was typed has been judged long ago.
    assert.deepEqual(
      (await readAttribution(root())).attributions.filter(({ file }) => file === typedFile),
      [],
    )
    const text = vscode.window.activeTextEditor?.document.getText() ?? ''
    assert.deepEqual(ranges(await storedLines(root(), insertedFile, text)), [
      `${first}-${first + 5} block inserted at once`,
    ])
  })

  it('follows the block through edits, to the store when the file is saved', async () => {
    const editor = await openSample(insertedFile)
    const { document } = editor
    editor.selection = new vscode.Selection(first + 3, 0, first + 3, 0)
    await type('// typed within\n')
    editor.selection = new vscode.Selection(0, 0, 0, 0)
    await type('// typed above\n')
    const known = attributed(insertedFile)
    await document.save()
    await known
    assert.equal(document.lineAt(first + 4).text.trim(), '// typed within', document.getText())
    const lines = await stored(insertedFile)
    const covered = new Set(
      lines.flatMap(({ startLine, endLine }) =>
        Array.from({ length: endLine - startLine + 1 }, (_, index) => startLine + index),
      ),
    )
    assert.deepEqual(
      [...covered].toSorted((one, other) => one - other),
      [1, 2, 3, 4, 6, 7].map((line) => first + line),
    )
  })

  it('is taken up by the next window from the store', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    const [folder] = vscode.workspace.workspaceFolders ?? []
    assert.ok(folder)
    const insertions = (await readAttribution(root())).attributions.length
    const watch = new ProvenanceWatch(log)
    try {
      await watch.follow(folder)
      const editor = await openSample(insertedFile)
      editor.selection = new vscode.Selection(0, 0, 0, 0)
      await type('// the next window\n')
      await editor.document.save()
      await watch.flush()
    } finally {
      watch.dispose()
    }
    // The extension itself follows the file too, as another window would, and may be the last to write.
    const kept = await until(
      async () => (await readAttribution(root())).attributions,
      (found) => {
        const own = found.filter(({ file }) => file === insertedFile)
        return Math.min(...own.map(({ startLine }) => startLine)) === first + 2
      },
    )
    assert.equal(kept.length, insertions, 'the same insertion was kept twice')
  })

  it("labels what an agent's hook reports of a file that isn't open", async () => {
    const original = originals.get(diskFile) ?? ''
    const text = `${original}${handler.join('\n')}\n`
    const startLine = original.split('\n').length
    const endLine = startLine + handler.length - 1
    await writeFile(sampleUri(diskFile).fsPath, text)
    await recordLines(root(), [
      {
        file: diskFile,
        source: 'Claude Code hook',
        score: 1,
        at: Date.now(),
        startLine,
        endLine,
        text,
      },
    ])
    const lines = await until(
      () => stored(diskFile),
      (found) => found.length > 1,
    )
    // Both the hook itself and the editor, which asked for the hook when it saw the file change.
    assert.deepEqual(new Set(ranges(lines)), new Set([`${startLine}-${endLine} Claude Code hook`]))
    const { document } = await openSample(diskFile)
    const titles = await until(
      async () => {
        const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
          'vscode.executeCodeLensProvider',
          document.uri,
          100,
        )
        return lenses.map(({ command }) => command?.title ?? '')
      },
      (found) => found.some((title) => title.includes('AI-inserted (Claude Code hook)')),
    )
    assert.equal(titles.filter((title) => title.includes('AI-inserted')).length, 1)
  })

  it('inspects what an agent writes into folders that are new, once its hook has reported it', async () => {
    const text = [
      "import { Router } from 'express'",
      "import { storage } from '../../storage.ts'",
      'const authorsRouter = Router()',
      ...handler,
      '',
    ].join('\n')
    await mkdir(sampleUri(dirname(newFile)).fsPath, { recursive: true })
    await writeFile(sampleUri(newFile).fsPath, text)
    const lines = { startLine: 1, endLine: text.split('\n').length - 1, text }
    await recordLines(root(), [
      { file: newFile, source: 'Claude Code hook', score: 1, at: Date.now(), ...lines },
    ])
    await until(
      () => Promise.resolve(vscode.languages.getDiagnostics(sampleUri(newFile))),
      (found) => found.length > 0,
    )
  })

  it('keeps the label when the file gets another name outside of the editor', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    await rename(sampleUri(insertedFile).fsPath, sampleUri(renamedFile).fsPath)
    const lines = await until(
      () => stored(renamedFile),
      (found) => found.length > 0,
    )
    assert.deepEqual(new Set(lines.map(({ source }) => source)), new Set(['block inserted at once']))
    assert.deepEqual(Math.min(...lines.map(({ startLine }) => startLine)), first + 2)
    // A rename brings no new text: none of it is anybody's that wasn't before.
    assert.equal(
      lines.some(({ startLine }) => startLine < first + 2),
      false,
    )
  })

  it('forgets everything on request', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? []
    assert.ok(folder)
    const watch = new ProvenanceWatch(log)
    await watch.forget(folder)
    watch.dispose()
    assert.deepEqual((await readAttribution(root())).attributions, [])
  })
})
