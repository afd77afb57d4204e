import { setTimeout as delay } from 'node:timers/promises'
import * as prettier from 'prettier'
import * as vscode from 'vscode'
import { block, type Chance, wholeParts } from './material.ts'

/**
 * Shows a completion of this text at the cursor and accepts it by `accept`; the provider is this extension's own. Where the
 * editor shows none, nothing happens.
 */
export async function acceptCompletion(
  { document, selection }: vscode.TextEditor,
  text: string,
  accept: () => Thenable<unknown>,
): Promise<void> {
  const provider = vscode.languages.registerInlineCompletionItemProvider(
    { language: document.languageId, scheme: 'file' },
    {
      provideInlineCompletionItems(_document, position) {
        return [new vscode.InlineCompletionItem(text, new vscode.Range(position, position))]
      },
    },
  )
  const { version } = document
  try {
    await vscode.window.showTextDocument(document, { selection })
    // It is shown when the editor has laid it out, of which nobody is told: until then there is nothing to accept.
    for (let attempt = 0; attempt < 60 && document.version === version; attempt += 1) {
      if (attempt % 20 === 0) await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger')
      await delay(10)
      await accept()
    }
  } finally {
    provider.dispose()
  }
}

/** Applies text edits as an assistant's chat does: one workspace edit over any number of places. */
export async function applyEdits(uri: vscode.Uri, edits: readonly vscode.TextEdit[]): Promise<void> {
  const edit = new vscode.WorkspaceEdit()
  edit.set(uri, [...edits])
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error('The editor refused an edit.')
}

/** Text without the order that a formatter brings: each call breaks other rules of it. */
export function untidy(text: string, chance: Chance): string {
  const depth = chance.upTo(4)
  const quotes = chance.upTo(2) === 0
  const semicolons = chance.upTo(2) === 0
  const joins = chance.upTo(2) === 0
  const lines = text.split('\n').map((line) => {
    const indented = line.replace(/^ +/, (spaces) =>
      depth === 3 ? '\t'.repeat(spaces.length / 2) : ' '.repeat((spaces.length / 2) * depth),
    )
    const quoted = quotes && !/["`]/.test(line) ? indented.replaceAll("'", '"') : indented
    const spaced = chance.upTo(3) === 0 ? quoted.replaceAll(', ', ' ,  ').replaceAll(' = ', '=') : quoted
    return semicolons &&
      /[\w)\]'"]$/.test(spaced) &&
      !/^\s*(\/\/|\*)/.test(spaced) &&
      /^\s*(const|return|await|import)/.test(spaced)
      ? `${spaced};`
      : spaced
  })
  const joined = lines.join('\n')
  return joins
    ? joined.replaceAll(/\{\n\s+(\w[^\n/]*)\n\s*\}/g, '{ $1 }').replaceAll(/,\n\s+(?=\w)/g, ', ')
    : joined
}

/** A formatter of the kind that people install: it writes the whole text anew. */
export function registerPrettier(): vscode.Disposable {
  return vscode.languages.registerDocumentFormattingEditProvider(
    { language: 'typescript', scheme: 'file' },
    {
      async provideDocumentFormattingEdits(document) {
        const text = document.getText()
        const formatted = await prettier.format(text, {
          parser: 'typescript',
          semi: false,
          singleQuote: true,
          endOfLine: 'auto',
        })
        return [vscode.TextEdit.replace(new vscode.Range(0, 0, document.lineCount, 0), formatted)]
      },
    },
  )
}

/** Some whole functions or handlers, of some lines together at most. */
export function someParts(chance: Chance, count: number, mostLines: number): string {
  const parts = wholeParts().filter((part) => part.split('\n').length <= mostLines)
  return Array.from({ length: count }, () => chance.pick(parts)).join('\n\n')
}

/** An edit of a file as an agent makes it: code put in at one or several places, code replaced, a file written anew. */
export function agentEdit(text: string, chance: Chance): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const parts = text.split(/\r?\n\r?\n(?=\S)/)
  const places = 1 + chance.upTo(3)
  for (let count = 0; count < places; count += 1) {
    const at = 1 + chance.upTo(parts.length)
    const replaces = parts.length > 3 && chance.upTo(3) === 0 ? 1 : 0
    parts.splice(at, replaces, block(chance, 1, 40))
  }
  return parts.join('\n\n').replaceAll(/\r?\n/g, lineEnd)
}
