import * as vscode from 'vscode'
import type { Finding, FixSummary } from '../model/finding.ts'
import { fixDocuments, workspaceEdit, type DocumentFix } from './fix-edits.ts'
import type { Inspector } from './inspector.ts'

const scheme = 'headroom-fix'

/** What is looked at, and what should follow. */
export interface OfferedFix {
  readonly fix: FixSummary
  /** Measures again on the new code. */
  readonly rerun: () => Promise<void>
}

/** A fix that is being looked at. */
interface Preview extends OfferedFix {
  readonly inspector: Inspector
  readonly finding: Finding
}

/** Shows what a fix would change as a diff, and applies it when asked to. Nothing is changed before that. */
export class FixPreview implements vscode.Disposable {
  readonly #texts = new Map<string, string>()
  readonly #provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (uri) => this.#texts.get(uri.toString()) ?? null,
  })
  #preview: Preview | null = null
  #count = 0

  /** Opens the diff of a fix; over several files, one diff each in one editor. */
  async show(inspector: Inspector, finding: Finding, { fix, rerun }: OfferedFix): Promise<void> {
    const { workflows } = await import('./workflows.ts')
    const { applyEdits } = await workflows.fix()
    const { documents } = await fixDocuments(inspector, finding, fix.id)
    this.#count += 1
    this.#texts.clear()
    const pairs = documents.map(({ document, edits }) => {
      const after = document.uri.with({ scheme, query: String(this.#count) })
      this.#texts.set(after.toString(), applyEdits(document.getText(), edits))
      return { before: document.uri, after }
    })
    this.#preview = { inspector, finding, fix, rerun }
    const [only, ...others] = pairs
    if (only === undefined) return
    // The editor for several diffs takes no column; it opens where the focus is.
    await vscode.commands.executeCommand('workbench.action.focusFirstEditorGroup')
    await (others.length === 0
      ? vscode.commands.executeCommand('vscode.diff', only.before, only.after, fix.title, {
          viewColumn: vscode.ViewColumn.One,
        })
      : vscode.commands.executeCommand(
          'vscode.changes',
          fix.title,
          pairs.map(({ before, after }) => [before, before, after]),
        ))
  }

  /** Applies the fix whose diff is open, as one change that one undo takes back. Resolves to what was applied, or null. */
  async apply(): Promise<(DocumentFix & Pick<OfferedFix, 'rerun'>) | null> {
    const preview = this.#preview
    if (preview === null) return null
    const applied = await fixDocuments(preview.inspector, preview.finding, preview.fix.id)
    if (!(await vscode.workspace.applyEdit(workspaceEdit(applied)))) return null
    this.#preview = null
    await closeDiffs(preview.fix.title)
    const first = applied.documents[0]
    if (first !== undefined) {
      await vscode.window.showTextDocument(first.document, { viewColumn: vscode.ViewColumn.One })
    }
    return { ...applied, rerun: preview.rerun }
  }

  dispose(): void {
    this.#provider.dispose()
  }
}

async function closeDiffs(title: string): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs)
  const diffs = tabs.filter(
    ({ input, label }) =>
      (input instanceof vscode.TabInputTextDiff && input.modified.scheme === scheme) ||
      // That of several diffs has no type of its own yet.
      (label.startsWith(title) && !(input instanceof vscode.TabInputText)),
  )
  await vscode.window.tabGroups.close(diffs)
}
