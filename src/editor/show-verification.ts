import * as vscode from 'vscode'
import type { Verification } from '../model/verification.ts'
import type { ChangedFile } from '../workflows/verify/before-tree.ts'
import { takeBack } from './take-back.ts'
import { verificationDocument, verificationSentence } from './verification-words.ts'

const scheme = 'headroom-verification'

/** What was verified, and what the server said of what it could not do. */
interface Verified {
  readonly files: readonly ChangedFile[]
  readonly remarks: readonly string[]
}

/** Documents of earlier verifications may still be open: each has an address of its own. */
let documents = 0

/** Says what came of a verification, and offers all of its checks; a change that is refuted can be taken back. */
export async function showVerification(
  folder: vscode.WorkspaceFolder,
  verification: Verification,
  { files, remarks }: Verified,
): Promise<void> {
  const [details, revert] = [vscode.l10n.t('Show Details'), vscode.l10n.t('Revert Change')]
  const refuted = verification.verdict === 'refuted'
  const tell = refuted ? vscode.window.showWarningMessage : vscode.window.showInformationMessage
  const sentence = verificationSentence(verification)
  const buttons = refuted ? [details, revert] : [details]
  let chosen = await tell(sentence, ...buttons)
  if (chosen === details) {
    await showDocument(verificationDocument(verification, remarks))
    // Who has read why may still want to take the change back.
    chosen = refuted ? await tell(sentence, revert) : undefined
  }
  if (chosen === revert) await takeBack(folder, files)
}

/** Shows Markdown as a page that can't be changed and needn't be saved. */
async function showDocument(markdown: string): Promise<void> {
  documents += 1
  const name = vscode.l10n.t('Verification')
  const uri = vscode.Uri.from({ scheme, path: `/${name}.md`, query: String(documents) })
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (asked) => (asked.toString() === uri.toString() ? markdown : null),
  })
  const closing = vscode.workspace.onDidCloseTextDocument((document) => {
    if (document.uri.toString() !== uri.toString()) return
    provider.dispose()
    closing.dispose()
  })
  const document = await vscode.workspace.openTextDocument(uri)
  const shown = vscode.commands.executeCommand('markdown.showPreview', uri)
  // The preview is an extension of the editor's own, which can be turned off.
  await shown.then(undefined, () => vscode.window.showTextDocument(document))
}
