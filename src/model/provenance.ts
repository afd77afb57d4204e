import * as l10n from '@vscode/l10n'

/** Who is known, or supposed, to have written lines of code. Only ever a label: nothing is left uninspected for it. */
export interface Provenance {
  /** `ai-inserted` from a score of 0.8 on, `inserted-block` from 0.4 on. Less is shown as nothing. */
  readonly label: 'ai-inserted' | 'inserted-block'
  /** The strongest evidence, in words: `Claude Code hook`, `git-ai note`. Never a person's name. */
  readonly source: string
  /** How sure the evidence makes it, from 0 to 1. */
  readonly score: number
}

/** Lines of one file as they stand now, and where they come from. Lines from 1, both included. */
export interface AttributedLines extends Provenance {
  /** Relative to the project, forward slashes. */
  readonly file: string
  readonly startLine: number
  readonly endLine: number
  /** When it was noticed, in milliseconds since 1970; null where only the history says it. */
  readonly at: number | null
}

/** As people read it: `AI-inserted (Claude Code hook)`, `inserted block`. */
export function provenanceText({ label, source }: Pick<Provenance, 'label' | 'source'>): string {
  return label === 'ai-inserted' ? l10n.t('AI-inserted ({0})', source) : l10n.t('inserted block')
}
