import { describe, it } from 'mocha'
import * as vscode from 'vscode'
import { block, chanceOf, closeScratch, cursorBetweenParts, openScratch, sourceTexts } from './material.ts'
import { Recorder } from './recorder.ts'

async function paste(): Promise<void> {
  await vscode.commands.executeCommand('editor.action.clipboardPasteAction')
}

describe('recording', () => {
  it('paste', async function () {
    this.timeout(900_000)
    const recorder = await Recorder.start('paste')
    const chance = chanceOf(2)
    for (let round = 0; round < 24; round += 1) {
      const editor = await openScratch(chance.pick(sourceTexts()))
      const { document } = editor
      for (let count = 0; count < 10; count += 1) {
        const text = block(chance, 1, 60)
        await vscode.env.clipboard.writeText(count % 4 === 3 ? text.replaceAll('  ', '\t') : text)
        const at = cursorBetweenParts(editor, chance)
        if (count % 5 === 4) editor.selection = new vscode.Selection(at, at.translate(2))
        if (count % 7 === 6) {
          const below = at.translate(1)
          editor.selections = [new vscode.Selection(at, at), new vscode.Selection(below, below)]
        }
        await recorder.of(document, paste, true)
        await recorder.settle()
      }
      await closeScratch()
    }
    console.log(`headroom-test paste: ${await recorder.close()} events`)
  })
})
