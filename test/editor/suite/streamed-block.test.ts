import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { after, before, describe, it } from 'mocha'
import * as vscode from 'vscode'
import type { ExtensionApi } from '../../../src/editor/extension.ts'
import type { AttributedLines } from '../../../src/model/provenance.ts'
import { storedLines } from '../../../src/workflows/origins/tracking.ts'
import { diagnosticsOf, openSample, sampleUri } from './sample.ts'

const file = 'src/routes/users.ts'
const handler = `usersRouter.get('/:userId/streamed', async (req, res) => {
  const posts = []
  for (const id of req.query.ids) posts.push(await storage.getPost(id))
  res.json({ posts })
})
`

function root(): string {
  return sampleUri('').fsPath.replace(/[\\/]$/, '')
}

describe('a block that an assistant writes word by word', function () {
  this.timeout(60_000)
  before(async () => {
    await vscode.extensions.getExtension<ExtensionApi>('headroom.headroom')?.activate()
  })

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor')
    await rm(sampleUri('.headroom/attribution.json').fsPath, { force: true })
  })

  it('is labelled from its first line on, as one insertion', async () => {
    // Following begins with the first report.
    const { document: inspected } = await openSample('src/routes/activities.ts')
    await diagnosticsOf(inspected.uri, (found) => found.length > 0)
    const { document } = await openSample(file)
    const startLine = document.lineCount
    let offset = document.getText().length
    for (const [word] of handler.matchAll(/\S+\s*/g)) {
      const edit = new vscode.WorkspaceEdit()
      edit.insert(document.uri, document.positionAt(offset), word)
      assert.equal(await vscode.workspace.applyEdit(edit), true)
      offset += word.length
    }
    const end = performance.now() + 30_000
    let lines: AttributedLines[] = []
    while (lines.length === 0 && performance.now() < end) {
      await delay(100)
      lines = await storedLines(root(), file, document.getText())
    }
    assert.deepEqual(
      lines.map(({ label, startLine: from, endLine: to }) => [label, from, to]),
      [['inserted-block', startLine, startLine + 4]],
    )
  })
})
