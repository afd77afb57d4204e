import { describe, it } from 'mocha'
import * as vscode from 'vscode'
import { block, chanceOf, closeScratch, cursorBetweenParts, openScratch, sourceTexts } from './material.ts'
import { Recorder } from './recorder.ts'

const keyboard = [
  'deleteLeft',
  'deleteRight',
  'deleteWordLeft',
  'tab',
  'outdent',
  'editor.action.commentLine',
  'editor.action.moveLinesDownAction',
  'editor.action.moveLinesUpAction',
  'editor.action.copyLinesDownAction',
  'editor.action.insertLineAfter',
  'editor.action.joinLines',
  'editor.action.indentLines',
  'editor.action.deleteLines',
  'editor.action.transposeLetters',
  'lineBreakInsert',
]

describe('recording', () => {
  it('typing', async function () {
    this.timeout(900_000)
    const recorder = await Recorder.start('typing')
    const chance = chanceOf(1)
    for (let round = 0; round < 5; round += 1) {
      const editor = await openScratch(chance.pick(sourceTexts()))
      const type = (text: string) =>
        recorder.of(editor.document, async () => {
          await vscode.commands.executeCommand('type', { text })
        })
      const at = cursorBetweenParts(editor, chance)
      if (round % 3 === 1) {
        const below = at.translate(Math.min(2, editor.document.lineCount - 1 - at.line))
        editor.selections = [new vscode.Selection(at, at), new vscode.Selection(below, below)]
      }
      // The editor indents by itself.
      const lines = block(chance, 4, 8)
        .split('\n')
        .map((line) => line.trim())
      for (const character of lines.join('\n').slice(0, 70)) await type(character)
      editor.selection = new vscode.Selection(at, at.translate(3))
      await type(chance.pick(['{', '(', '"']))
      for (const command of keyboard) {
        cursorBetweenParts(editor, chance)
        if (chance.upTo(2) === 0) await vscode.commands.executeCommand('cursorDownSelect')
        await recorder.of(editor.document, async () => {
          await vscode.commands.executeCommand(command)
        })
      }
      await closeScratch()
    }
    console.log(`headroom-test typing: ${await recorder.close()} events`)
  })
})
