import { setTimeout as delay } from 'node:timers/promises'
import { describe, it } from 'mocha'
import * as vscode from 'vscode'
import { agentEdit, applyEdits, someParts } from './actions.ts'
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

type Edit = (editor: vscode.TextEditor, chance: Chance) => Promise<void>

const oneBlock: Edit = async (editor, chance) => {
  const at = cursorBetweenParts(editor, chance)
  await applyEdits(editor.document.uri, [vscode.TextEdit.insert(at, `${someParts(chance, 1, 60)}\n`)])
}

const severalPlaces: Edit = async (editor, chance) => {
  const lines = new Set(Array.from({ length: 3 }, () => cursorBetweenParts(editor, chance).line))
  const edits = [...lines].map((line) =>
    vscode.TextEdit.insert(new vscode.Position(line, 0), `${block(chance, 2, 25)}\n`),
  )
  await applyEdits(editor.document.uri, edits)
}

const replacement: Edit = async (editor, chance) => {
  const at = cursorBetweenParts(editor, chance)
  const end = at.translate(Math.min(6, editor.document.lineCount - 1 - at.line))
  const edit = vscode.TextEdit.replace(new vscode.Range(at, end), `${someParts(chance, 1, 40)}\n`)
  await applyEdits(editor.document.uri, [edit])
}

/** Some assistants send the file as a whole. */
const wholeFile: Edit = async ({ document }, chance) => {
  const range = new vscode.Range(0, 0, document.lineCount, 0)
  await applyEdits(document.uri, [vscode.TextEdit.replace(range, agentEdit(document.getText(), chance))])
}

/** As an answer arrives: line by line. */
const streamed: Edit = async (editor, chance) => {
  const { line } = cursorBetweenParts(editor, chance)
  for (const [index, text] of block(chance, 4, 12).split('\n').entries()) {
    const at = new vscode.Position(line + index, 0)
    await applyEdits(editor.document.uri, [vscode.TextEdit.insert(at, `${text}\n`)])
  }
}

/** Inline chat writes like this, at 30 to 100 words a second: each with the space before it, or behind it. */
const wordByWord: Edit = async (editor, chance) => {
  const parts = chance.upTo(2) === 0 ? /\s*\S+/g : /\S+\s*/g
  const wordMillis = 1_000 / (30 + chance.upTo(71))
  let at = cursorBetweenParts(editor, chance)
  let due = performance.now()
  for (const [text] of `${block(chance, 4, 20)}\n`.matchAll(parts)) {
    await applyEdits(editor.document.uri, [vscode.TextEdit.insert(at, text)])
    const lines = text.split('\n')
    const end = lines.at(-1)?.length ?? 0
    at = lines.length === 1 ? at.translate(0, end) : new vscode.Position(at.line + lines.length - 1, end)
    due += wordMillis
    await delay(Math.max(0, due - performance.now()))
  }
}

describe('recording', () => {
  it('chat-edit', async function () {
    this.timeout(900_000)
    const recorder = await Recorder.start('chat-edit')
    const chance = chanceOf(4)
    const kinds = [
      oneBlock,
      severalPlaces,
      replacement,
      oneBlock,
      wholeFile,
      severalPlaces,
      streamed,
      wordByWord,
    ]
    for (let round = 0; round < 18; round += 1) {
      const editor = await openScratch(chance.pick(sourceTexts()))
      for (const edit of kinds) {
        await recorder.of(editor.document, () => edit(editor, chance))
        await recorder.settle()
      }
      await closeScratch()
    }
    console.log(`headroom-test chat-edit: ${await recorder.close()} events`)
  })
})
