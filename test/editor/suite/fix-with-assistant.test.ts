import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'mocha'
import * as vscode from 'vscode'
import { diagnosticsOf, lineOf, openSample, revertAll } from './sample.ts'

const title = 'Fix with Copilot…'
const queryInLoop = 'storage.getAuthor(post.author_id)'

async function quickFixes(document: vscode.TextDocument, line: number): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    document.lineAt(line).range,
    vscode.CodeActionKind.QuickFix.value,
    100,
  )
}

/** The sample's loop with a write in it, which no fix can take along. */
async function openUnfixable(): Promise<vscode.TextDocument> {
  const editor = await openSample('src/routes/posts.ts')
  const line = lineOf(editor.document, 'postsWithAuthors.push(')
  await editor.edit((edit) => {
    edit.insert(new vscode.Position(line, 0), '      if (!author) await storage.createUser({} as never)\n')
  })
  return editor.document
}

describe('a finding that no fix can mend', function () {
  this.timeout(60_000)
  afterEach(revertAll)

  it('is left to the assistant, at its diagnostic', async () => {
    const document = await openUnfixable()
    const line = lineOf(document, queryInLoop)
    await diagnosticsOf(document.uri, (all) => all.some((each) => each.range.start.line === line))
    const offered = await quickFixes(document, line)
    const own = offered.filter(({ command }) => command?.command.startsWith('headroom.'))
    assert.deepEqual(
      own.map((action) => action.title),
      [title],
    )
    assert.equal(offered.at(-1)?.title, title)
    assert.equal(own[0]?.isPreferred, undefined)
  })

  it('is not left to the assistant where there is a fix', async () => {
    const { document } = await openSample('src/routes/posts.ts')
    const line = lineOf(document, queryInLoop)
    await diagnosticsOf(document.uri, (all) => all.some((each) => each.range.start.line === line))
    const offered = await quickFixes(document, line)
    assert.ok(offered.some((action) => action.title.startsWith('Load all authors in one query')))
    assert.ok(!offered.some((action) => action.title === title))
  })

  it('is described in the clipboard where no chat answers', async () => {
    const document = await openUnfixable()
    const line = lineOf(document, queryInLoop)
    await diagnosticsOf(document.uri, (all) => all.some((each) => each.range.start.line === line))
    const action = (await quickFixes(document, line)).find((each) => each.title === title)
    await vscode.env.clipboard.writeText('something else')
    await vscode.commands.executeCommand(
      action?.command?.command ?? '',
      ...(action?.command?.arguments ?? []),
    )
    const prompt = await vscode.env.clipboard.readText()
    const [first] = prompt.split('\n')
    assert.equal(first, 'Fix this finding of Headroom, and nothing else: n-plus-one.')
    assert.match(prompt, new RegExp(`^Place: src/routes/posts\\.ts:${line + 1}$`, 'm'))
    assert.match(prompt, /^Endpoint: GET \/posts$/m)
    assert.match(prompt, /^Budget: p95<2s,errors<1%$/m)
    assert.match(prompt, /^Keep the response contract/m)
    assert.match(prompt, /^Then verify with headroom/m)
    assert.ok(!prompt.includes('createUser'), 'no code is sent along')
  })
})
