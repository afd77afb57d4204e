import * as vscode from 'vscode'
import { chooseInspector, type Command } from '../headroom.ts'
import { fileUri, reveal, spanRange } from '../places.ts'
import { asRouteReference } from '../route-reference.ts'

/** Goes to a finding of the given route, or of the whole folder; asks which where there are several. */
export const showFindings: Command = {
  id: 'headroom.showFindings',
  async run(headroom, argument) {
    const reference = asRouteReference(argument)
    const inspector = await chooseInspector(headroom, reference?.folder)
    if (inspector === null) return
    const all = (await inspector.current())?.findings ?? []
    const findings = all.filter(({ routes }) => reference === null || routes.includes(reference.route))
    const picked =
      findings.length > 1
        ? await vscode.window.showQuickPick(
            findings.map((each) => ({
              label: each.rule,
              description: `${each.file}:${each.line}`,
              detail: each.message,
              finding: each,
            })),
            { placeHolder: vscode.l10n.t('What is likely to break under load'), matchOnDetail: true },
          )
        : findings.map((finding) => ({ finding }))[0]
    if (picked !== undefined) {
      const { finding } = picked
      await reveal(fileUri(inspector.folder, finding.file), spanRange(finding))
    } else if (findings.length === 0) {
      await vscode.window.showInformationMessage(
        vscode.l10n.t('Headroom found nothing that breaks under load.'),
      )
    }
  },
}
