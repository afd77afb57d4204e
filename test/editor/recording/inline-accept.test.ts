import { describe, it } from 'mocha'
import * as vscode from 'vscode'
import { acceptCompletion } from './actions.ts'
import { block, chanceOf, closeScratch, cursorBetweenParts, openScratch, sourceTexts } from './material.ts'
import { Recorder } from './recorder.ts'

describe('recording', () => {
  it('inline-accept', async function () {
    this.timeout(900_000)
    const recorder = await Recorder.start('inline-accept')
    const chance = chanceOf(3)
    // Half of the users' accepts go through Headroom's command, the others through the editor's own.
    const accepts = [
      () => vscode.commands.executeCommand('editor.action.inlineSuggest.commit'),
      () => recorder.contexts.acceptInline(),
    ]
    for (let round = 0; round < 60 && recorder.seen < 215; round += 1) {
      const editor = await openScratch(chance.pick(sourceTexts()))
      for (let count = 0; count < 9; count += 1) {
        cursorBetweenParts(editor, chance)
        const text = block(chance, 1, 60)
        const accept = chance.pick(accepts)
        await recorder.of(editor.document, () => acceptCompletion(editor, text, accept))
      }
      await closeScratch()
    }
    console.log(`headroom-test inline-accept: ${await recorder.close()} events`)
  })
})
