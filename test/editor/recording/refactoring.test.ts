import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, it } from 'mocha'
import * as vscode from 'vscode'
import { someParts } from './actions.ts'
import { type Chance, chanceOf, closeScratch, openScratch, setText } from './material.ts'
import { Recorder } from './recorder.ts'

const header =
  "import { z } from 'zod'\nimport { Router } from 'express'\nimport { storage } from '../storage.ts'\n\n"

/** A provider's answer; undefined where TypeScript cancelled the question or refused it. */
async function ask<T>(command: string, ...args: readonly unknown[]): Promise<T | undefined> {
  try {
    return await vscode.commands.executeCommand<T>(command, ...args)
  } catch {
    return undefined
  }
}

/** Renames whatever name stands at a random place through TypeScript's rename. */
async function rename({ document }: vscode.TextEditor, chance: Chance): Promise<void> {
  const names = [...document.getText().matchAll(/\b(?:const|function) (\w{3,})/g)]
  if (names.length === 0) return
  const found = chance.pick(names)
  const at = document.positionAt(found.index + found[0].length - 1)
  const name = `${found[1]}Renamed`
  const edit = await ask<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', document.uri, at, name)
  if (edit !== undefined) await vscode.workspace.applyEdit(edit)
}

/** Carries one of TypeScript's own code actions out. */
async function carryOut(document: vscode.TextDocument, range: vscode.Range, kind: string, chance: Chance) {
  const actions = await ask<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    range,
    kind,
    20,
  )
  const usable = (actions ?? []).filter(({ edit, disabled }) => edit !== undefined && disabled === undefined)
  if (usable.length === 0) return
  const { edit } = chance.pick(usable)
  if (edit !== undefined) await vscode.workspace.applyEdit(edit)
}

async function extract({ document }: vscode.TextEditor, chance: Chance): Promise<void> {
  const lines = Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line))
  const inner = lines.filter(({ text }) => /^ {2,6}(const|return|await|res)\b/.test(text))
  if (inner.length === 0) return
  const first = chance.pick(inner)
  const last = document.lineAt(Math.min(document.lineCount - 1, first.lineNumber + chance.upTo(4)))
  const start = first.range.start.translate(0, first.firstNonWhitespaceCharacterIndex)
  await carryOut(document, new vscode.Range(start, last.range.end), 'refactor.extract', chance)
  // Where the lines together can't be extracted, the value of the first one often can.
  const value = / = (.+)$/.exec(first.text)
  if (value === null) return
  const from = first.range.end.translate(0, -(value[1] ?? '').length)
  await carryOut(document, new vscode.Range(from, first.range.end), 'refactor.extract', chance)
}

async function rewrite({ document }: vscode.TextEditor, chance: Chance): Promise<void> {
  const arrows = [...document.getText().matchAll(/=>/g)]
  if (arrows.length === 0) return
  const at = document.positionAt(chance.pick(arrows).index)
  await carryOut(document, new vscode.Range(at, at.translate(0, 2)), 'refactor', chance)
}

async function organizeImports({ document }: vscode.TextEditor, chance: Chance): Promise<void> {
  const everything = new vscode.Range(0, 0, document.lineCount, 0)
  await carryOut(document, everything, vscode.CodeActionKind.SourceOrganizeImports.value, chance)
}

/** TypeScript's server answers when it has read the project. */
async function typescriptReady({ document }: vscode.TextEditor): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const symbols = await ask<unknown[]>('vscode.executeDocumentSymbolProvider', document.uri)
    if (symbols !== undefined && symbols.length > 0) return
    await delay(200)
  }
  assert.fail("TypeScript's server doesn't answer")
}

describe('recording', () => {
  it('refactoring', async function () {
    this.timeout(900_000)
    const recorder = await Recorder.start('refactoring')
    const chance = chanceOf(6)
    const kinds = { rename, extract, organizeImports, rewrite }
    const counts: Record<string, number> = {}
    for (let round = 0; round < 120 && recorder.seen < 215; round += 1) {
      const editor = await openScratch(`${header}${someParts(chance, 3, 40)}\n`)
      await typescriptReady(editor)
      for (const [name, refactor] of Object.entries(kinds)) {
        const before = recorder.seen
        if (name === 'organizeImports') {
          await setText(
            editor.document,
            `${header}${header}export const used = [z, Router]\n${editor.document.getText().replaceAll(/^import .*$/gm, '')}`,
          )
        }
        await recorder.of(editor.document, () => refactor(editor, chance))
        counts[name] = (counts[name] ?? 0) + recorder.seen - before
      }
      await closeScratch()
    }
    console.log(`headroom-test refactoring: ${await recorder.close()} events, ${JSON.stringify(counts)}`)
  })
})
