import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterEach, describe, it } from 'mocha'
import * as vscode from 'vscode'
import { diagnosticsOf, lineOf, openSample, revertAll, ruleOf, sampleUri } from './sample.ts'

const activities = 'src/routes/activities.ts'
const storage = 'src/storage.ts'
const queryInLoop = 'storage.getPost(activity.post_id)'

/** The quick fix with this title on a line, resolved as the light bulb does. */
async function fixAt(
  document: vscode.TextDocument,
  line: number,
  title: RegExp,
): Promise<vscode.CodeAction | undefined> {
  const range = document.lineAt(line).range
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
    100,
  )
  return actions.find((action) => title.test(action.title))
}

function isLoop(diagnostic: vscode.Diagnostic): boolean {
  return ruleOf(diagnostic) === 'n-plus-one'
}

async function apply(action: vscode.CodeAction | undefined): Promise<void> {
  assert.ok(action?.edit, 'the fix has no edit')
  assert.equal(await vscode.workspace.applyEdit(action.edit), true)
}

describe('findings', () => {
  afterEach(revertAll)

  it('offers a load test above each handler', async () => {
    const { document } = await openSample(activities)
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      100,
    )
    const tests = lenses.filter(({ command }) => command?.title.includes('Load test this endpoint'))
    const expected = [lineOf(document, 'activitiesRouter.get('), lineOf(document, 'activitiesRouter.post(')]
    assert.deepEqual(
      tests.map(({ range }) => range.start.line),
      expected,
    )
  })

  it('reports the query in a loop as information, at its line', async () => {
    const { document } = await openSample(activities)
    const line = lineOf(document, queryInLoop)
    const found = await diagnosticsOf(document.uri, (all) =>
      all.some((each) => ruleOf(each) === 'n-plus-one' && each.range.start.line === line),
    )
    const finding = found.find((each) => ruleOf(each) === 'n-plus-one')
    assert.equal(finding?.severity, vscode.DiagnosticSeverity.Information)
  })

  it('reports the unbounded list as information, at its query', async () => {
    const { document } = await openSample(storage)
    const line = lineOf(document, "db<Activity>('activities').where({ user_id: userId })")
    const found = await diagnosticsOf(document.uri, (all) =>
      all.some((each) => ruleOf(each) === 'unbounded-result-set' && each.range.start.line === line),
    )
    for (const each of found) assert.equal(each.severity, vscode.DiagnosticSeverity.Information)
  })

  it('mends the query in a loop from the light bulb, and the finding goes', async () => {
    const { document } = await openSample(activities)
    await diagnosticsOf(document.uri, (all) => all.some(isLoop))
    const fix = await fixAt(document, lineOf(document, queryInLoop), /^Load all posts in one query/)
    await apply(fix)
    assert.equal(document.getText().includes(queryInLoop), false)
    assert.match(document.getText(), /\/\/ Enrich each activity with its post/, 'a comment was lost')
    await diagnosticsOf(document.uri, (all) => !all.some(isLoop))
  })

  it('bounds the unbounded list from the light bulb', async () => {
    const { document } = await openSample(storage)
    await diagnosticsOf(document.uri, (all) => all.some((each) => ruleOf(each) === 'unbounded-result-set'))
    const fix = await fixAt(document, lineOf(document, "db<Activity>('activities').where"), /^Paginate/)
    await apply(fix)
    const method = /getActivitiesByUser[\s\S]*?\n {2}\}/.exec(document.getText())?.[0] ?? ''
    assert.match(method, /\.limit\(/)
  })

  it('come and go with folders that are made and deleted at one go', async () => {
    const file = sampleUri('src/shipping/rates/list.ts')
    const text = [
      "import { Router } from 'express'",
      "import { storage } from '../../storage.ts'",
      'export const router = Router()',
      "router.get('/rates/:userId', async (req, res) => {",
      '  const activities = await storage.getActivitiesByUser(Number(req.params.userId))',
      '  const posts = []',
      '  for (const activity of activities) posts.push(await storage.getPost(activity.post_id))',
      '  res.json(posts)',
      '})',
      '',
    ]
    try {
      await mkdir(dirname(file.fsPath), { recursive: true })
      await writeFile(file.fsPath, text.join('\n'))
      await diagnosticsOf(file, (all) => all.some(isLoop))
    } finally {
      await rm(sampleUri('src/shipping').fsPath, { recursive: true, force: true })
    }
    await diagnosticsOf(file, (all) => all.length === 0)
  })

  it('survives a file that does not parse', async () => {
    const editor = await openSample(activities)
    const { document } = editor
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'const = ((\n'))
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    )
    assert.ok(Array.isArray(lenses))
  })
})
