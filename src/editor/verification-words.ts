import * as vscode from 'vscode'
import type { FixCheck, FixCheckId, FixCheckOutcome, Verification } from '../model/verification.ts'

/** What came of a verification in one sentence: of several checks the first that failed or could not be measured. */
export function verificationSentence({ verdict, route, checks }: Verification): string {
  const name = route ?? ''
  if (verdict === 'verified') {
    const faster = checks.find(({ id }) => id === 'faster')?.message ?? ''
    return vscode.l10n.t('{0}: the change is verified. {1}.', name, faster)
  }
  const wanted: FixCheckOutcome = verdict === 'refuted' ? 'failed' : 'not-measured'
  const first = checks.find(({ outcome }) => outcome === wanted)
  const why = first === undefined ? '' : `${titleOf(first)}: ${first.message}`
  return verdict === 'refuted'
    ? vscode.l10n.t('{0}: the change is refuted. {1}.', name, why)
    : vscode.l10n.t('{0}: the change could not be measured. {1}.', name, why)
}

/** All checks as a Markdown document, with what the server said of what it could not do. */
export function verificationDocument(verification: Verification, remarks: readonly string[]): string {
  const { route, checks } = verification
  const rows = checks.map(
    (each) => `| ${titleOf(each)} | ${outcomeText(each.outcome)} | ${each.message.replaceAll('|', '\\|')} |`,
  )
  return [
    `# ${route ?? ''}`,
    '',
    verificationSentence(verification),
    '',
    `| ${vscode.l10n.t('Check')} | ${vscode.l10n.t('Result')} | ${vscode.l10n.t('Measured')} |`,
    '|---|---|---|',
    ...rows,
    '',
    // Indented, so that nothing in it is taken for Markdown.
    ...remarks.map((remark) => `    ${remark.replaceAll(/\s+/g, ' ')}\n`),
  ].join('\n')
}

function titleOf({ id }: FixCheck): string {
  const titles: Readonly<Record<FixCheckId, string>> = {
    parses: vscode.l10n.t('Parses'),
    'rule-gone': vscode.l10n.t('Rule gone'),
    'no-new-diagnostics': vscode.l10n.t('No new findings'),
    contract: vscode.l10n.t('Same answers'),
    'no-new-errors': vscode.l10n.t('No new errors'),
    faster: vscode.l10n.t('Faster'),
  }
  return titles[id]
}

function outcomeText(outcome: FixCheckOutcome): string {
  const texts: Readonly<Record<FixCheckOutcome, string>> = {
    passed: vscode.l10n.t('passed'),
    declared: vscode.l10n.t('declared'),
    failed: vscode.l10n.t('failed'),
    'not-measured': vscode.l10n.t('not measured'),
  }
  return texts[outcome]
}
