import * as vscode from 'vscode'
import { asFindingReference } from '../agents/assistant-action.ts'
import { fixWithAssistant } from '../agents/fix-with-assistant.ts'
import type { Command } from '../headroom.ts'

/** Hands a finding that Headroom can't mend itself to the assistant of the editor, to be sent by the person. */
export const fixWithAssistantCommand: Command = {
  id: 'headroom.fixWithAssistant',
  async run(headroom, argument) {
    const reference = asFindingReference(argument)
    const inspector = reference === null ? null : headroom.inspections.of(vscode.Uri.parse(reference.folder))
    if (reference === null || inspector === null) return
    const { rule, file, line, column } = reference
    const findings = (await inspector.current())?.findings ?? []
    const finding = findings.find(
      (each) => each.rule === rule && each.file === file && each.line === line && each.column === column,
    )
    if (finding === undefined) {
      void vscode.window.showInformationMessage(vscode.l10n.t('This finding is no longer in the code.'))
      return
    }
    await fixWithAssistant(headroom, inspector, finding)
  },
}
