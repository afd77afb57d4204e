import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as vscode from 'vscode'
import { workspaceFolder } from './recorder.ts'

/** A sequence that is the same in every recording. `upTo(n)` is a whole number from 0 to n − 1. */
export interface Chance {
  upTo(count: number): number
  pick<T>(from: readonly T[]): T
}

export function chanceOf(seed: number): Chance {
  let state = seed
  const upTo = (count: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * count)
  }
  return {
    upTo,
    pick: (from) => {
      const picked = from[upTo(from.length)]
      if (picked === undefined) throw new Error('There is nothing to pick from.')
      return picked
    },
  }
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[jt]s$/.test(name) && !name.includes('node_modules') && !name.includes('recorded'))
    .toSorted()
    .map((name) => join(folder, name))
}

let sources: readonly string[] = []

/** The texts of the sample's and the fixtures' files, as the workspace has them at first. */
export function sourceTexts(): readonly string[] {
  if (sources.length === 0) {
    const root = workspaceFolder().uri.fsPath
    const files = ['src', 'fixtures'].flatMap((folder) => filesBelow(join(root, folder)))
    sources = files.map((file) => readFileSync(file, 'utf8')).filter((text) => text.split('\n').length > 8)
    if (sources.length < 10) throw new Error('The workspace holds too little code to record with.')
  }
  return sources
}

/** Lines of real handlers, at most `most`; short blocks are more frequent than long ones. */
export function block(chance: Chance, least: number, most: number): string {
  const lines = chance.pick(sourceTexts()).split('\n')
  const share = (chance.upTo(1_000) / 1_000) ** 2.5
  const wanted = Math.min(lines.length, least + Math.round(share * (most - least)))
  const starts = lines.flatMap((line, index) =>
    /^\S/.test(line) && index + wanted <= lines.length ? [index] : [],
  )
  const start = starts.length === 0 ? 0 : chance.pick(starts)
  return lines.slice(start, start + wanted).join('\n')
}

/** Top-level functions and handlers of the material, each whole. */
export function wholeParts(): readonly string[] {
  return sourceTexts().flatMap((text) =>
    text.split(/\n\n(?=\S)/).filter((part) => part.split('\n').length >= 4 && /[{(]\n/.test(part)),
  )
}

let scratchCount = 0

/** Opens a new file with this text in an editor; every third has CRLF line endings. */
export async function openScratch(text: string, isCrlf = scratchCount % 3 === 2): Promise<vscode.TextEditor> {
  const scratch = (): string =>
    join(workspaceFolder().uri.fsPath, 'src', 'recorded', `scratch-${scratchCount}.ts`)
  // What another recording left would change on disk.
  do scratchCount += 1
  while (existsSync(scratch()))
  const file = scratch()
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, isCrlf ? text.replaceAll(/\r?\n/g, '\r\n') : text)
  const document = await vscode.workspace.openTextDocument(file)
  return vscode.window.showTextDocument(document)
}

/** Closes the editor in front, and drops what it holds unsaved. */
export async function closeScratch(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor')
}

/** Puts the cursor somewhere between two top-level parts. */
export function cursorBetweenParts(editor: vscode.TextEditor, chance: Chance): vscode.Position {
  const { document } = editor
  const lines = Array.from({ length: document.lineCount }, (_, line) => line)
  const empty = lines.filter((line) => document.lineAt(line).isEmptyOrWhitespace)
  const position = new vscode.Position(empty.length === 0 ? 0 : chance.pick(empty), 0)
  editor.selection = new vscode.Selection(position, position)
  return position
}

/** Replaces the whole text of a document by an edit that nobody records. */
export async function setText(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit()
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text)
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error('The editor refused an edit.')
}
