import { describe, it } from 'mocha'
import * as vscode from 'vscode'
import { acceptCompletion, agentEdit, applyEdits, someParts, untidy } from './actions.ts'
import {
  block,
  type Chance,
  chanceOf,
  closeScratch,
  cursorBetweenParts,
  openScratch,
  sourceTexts,
} from './material.ts'
import { Recorder } from './recorder.ts'

type Act = (editor: vscode.TextEditor, chance: Chance) => Promise<unknown>

const typed: Act = async (editor, chance) => {
  cursorBetweenParts(editor, chance)
  for (const text of block(chance, 1, 2).slice(0, 20)) await vscode.commands.executeCommand('type', { text })
}

const pasted: Act = async (editor, chance) => {
  cursorBetweenParts(editor, chance)
  await vscode.env.clipboard.writeText(block(chance, 2, 40))
  await vscode.commands.executeCommand('editor.action.clipboardPasteAction')
}

const accepted: Act = async (editor, chance) => {
  cursorBetweenParts(editor, chance)
  await acceptCompletion(editor, block(chance, 2, 30), () =>
    vscode.commands.executeCommand('editor.action.inlineSuggest.commit'),
  )
}

const inserted: Act = async (editor, chance) => {
  const at = cursorBetweenParts(editor, chance)
  await applyEdits(editor.document.uri, [vscode.TextEdit.insert(at, `${someParts(chance, 1, 60)}\n`)])
}

const rewritten: Act = async ({ document }, chance) => {
  const range = new vscode.Range(0, 0, document.lineCount, 0)
  const text = agentEdit(document.getText(), chance)
  await applyEdits(document.uri, [vscode.TextEdit.replace(range, text)])
}

const formatted: Act = async ({ document }, chance) => {
  const range = new vscode.Range(0, 0, document.lineCount, 0)
  await applyEdits(document.uri, [vscode.TextEdit.replace(range, untidy(document.getText(), chance))])
  await vscode.commands.executeCommand('editor.action.formatDocument')
}

const deleted: Act = async (editor, chance) => {
  const at = cursorBetweenParts(editor, chance)
  editor.selection = new vscode.Selection(at, at.translate(12))
  await vscode.commands.executeCommand('deleteLeft')
}

describe('recording', () => {
  it('undo', async function () {
    this.timeout(900_000)
    const recorder = await Recorder.start('undo')
    const chance = chanceOf(7)
    for (let round = 0; round < 10; round += 1) {
      const editor = await openScratch(chance.pick(sourceTexts()))
      const { document } = editor
      for (const act of [typed, pasted, accepted, inserted, rewritten, formatted, deleted]) {
        await act(editor, chance)
        for (const command of ['undo', 'undo', 'redo', 'redo', 'undo']) {
          await recorder.of(document, async () => {
            await vscode.commands.executeCommand(command)
          })
        }
      }
      // What was never saved is dropped, and the file's text comes back.
      await deleted(editor, chance)
      await recorder.of(document, async () => {
        await vscode.commands.executeCommand('workbench.action.files.revert')
      })
      await closeScratch()
    }
    console.log(`headroom-test undo: ${await recorder.close()} events`)
  })
})
