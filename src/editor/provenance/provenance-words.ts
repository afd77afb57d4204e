import * as vscode from 'vscode'

/** What a label stands on, and how to get rid of it. `provenance` is the label: `AI-inserted (Claude Code hook)`. */
export function provenanceTooltip(provenance: string): string {
  return vscode.l10n.t(
    '{0}: this is what the evidence says; nothing proves it. “Headroom: Forget Attribution” forgets what was noted here.',
    provenance,
  )
}
