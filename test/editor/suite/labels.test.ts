import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, it } from 'mocha'
import * as vscode from 'vscode'
import { forgetAttribution, recordLines } from '../../../src/workflows/origins/attribution-store.ts'
import { lineOf, openSample, revertAll, sampleUri } from './sample.ts'

const activities = 'src/routes/activities.ts'
const listed = "activitiesRouter.get('/:userId/activities'"
const created = "activitiesRouter.post('/:userId/activities'"
const root = (): string => sampleUri('.').fsPath.replace(/[\\/]\.?$/, '')

/** The titles of the lenses above the line that holds `text`, once `accept` is content with them. */
async function lensesAbove(
  document: vscode.TextDocument,
  text: string,
  accept: (titles: readonly string[]) => boolean,
): Promise<readonly string[]> {
  const end = performance.now() + 20_000
  for (;;) {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      100,
    )
    const line = lineOf(document, text)
    const titles = lenses
      .filter(({ range }) => range.start.line === line)
      .map(({ command }) => command?.title ?? '')
    if (accept(titles)) return titles
    await delay(100)
    if (performance.now() > end) throw new Error(`The lenses above ${text} stayed ${JSON.stringify(titles)}`)
  }
}

function isLabelled(titles: readonly string[]): boolean {
  return titles.includes('AI-inserted (Claude Code hook)')
}

function isNew(titles: readonly string[]): boolean {
  return titles.includes('New endpoint · 1 finding · never load tested')
}

/** Records a handler of the sample as a hook does: from the line that holds `text`, so many lines. */
async function recordHandler(document: vscode.TextDocument, text: string, lines: number): Promise<void> {
  const startLine = lineOf(document, text) + 1
  await recordLines(root(), [
    {
      file: activities,
      source: 'Claude Code hook',
      score: 1,
      at: Date.now(),
      startLine,
      endLine: startLine + lines - 1,
      text: document.getText(),
    },
  ])
}

describe('labels', function () {
  this.timeout(90_000)
  afterEach(async () => {
    await revertAll()
    await forgetAttribution(root())
  })

  it('says above a handler who wrote it, from a hook’s note on until it is forgotten, and of no other', async () => {
    const { document } = await openSample(activities)
    await lensesAbove(document, listed, (titles) => titles.length > 0 && !isLabelled(titles))
    await recordHandler(document, listed, 31)
    await lensesAbove(document, listed, isLabelled)
    await lensesAbove(document, created, (titles) => titles.length > 0 && !isLabelled(titles))
    await forgetAttribution(root())
    await lensesAbove(document, listed, (titles) => titles.length > 0 && !isLabelled(titles))
  })

  it('moves along with what is typed above, unsaved', async () => {
    const editor = await openSample(activities)
    const { document } = editor
    await recordHandler(document, created, 37)
    await lensesAbove(document, created, isLabelled)
    await editor.edit((edit) => edit.insert(new vscode.Position(3, 0), '// one\n// two\n// three\n'))
    await lensesAbove(document, created, isLabelled)
    await lensesAbove(document, listed, (titles) => titles.length > 0 && !isLabelled(titles))
  })
})

describe('a new endpoint', function () {
  this.timeout(90_000)
  afterEach(revertAll)

  it('has a sign above its handler until somebody looks at it', async () => {
    const editor = await openSample(activities)
    const { document } = editor
    await lensesAbove(document, created, (titles) => titles.some((title) => title.includes('Load test')))
    const end = document.lineAt(document.lineCount - 1).range.end
    const written = "activitiesRouter.get('/:userId/first'"
    const handler = `\n${written}, async (req, res) => {\n  const all = await storage.getActivitiesByUser(1)\n  res.json(all)\n})\n`
    await editor.edit((edit) => edit.insert(end, handler))
    await lensesAbove(document, written, isNew)
    await lensesAbove(document, created, (titles) => titles.length > 0 && !isNew(titles))
    const [folder] = vscode.workspace.workspaceFolders ?? []
    const reference = { folder: folder?.uri.toString(), route: 'GET /users/:userId/first' }
    await vscode.commands.executeCommand('headroom.seeNewEndpoint', reference)
    await lensesAbove(document, written, (titles) => titles.includes('1 finding'))
  })
})
