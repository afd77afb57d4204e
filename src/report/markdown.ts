import * as l10n from '@vscode/l10n'
import type { Comparison } from '../model/comparison.ts'
import type { Run } from '../model/run.ts'
import type { Verdict, VerdictKind } from '../model/verdict.ts'
import { caveat, deltaRows } from './content/deltas.ts'
import { beforeRun, type Format, judgementSentence, reportedRun } from './format.ts'
import { growthSentences, growthTitle } from './content/growth.ts'
import { requestTable } from './content/request-table.ts'
import { notMeasuredSentence, stepTable, type StepTable } from './content/step-table.ts'
import { conditionRows } from './content/conditions.ts'
import { errorGroups } from './content/errors.ts'
import { beforeSentence, causePlace, causeTitle, confidenceText, otherReasons } from './content/summary.ts'

const icons: Readonly<Record<VerdictKind, string>> = {
  holds: '✅',
  breaks: '❌',
  'fails-before-load': '❌',
  'not-measured': '⚪',
  stopped: '⏹️',
}

/**
 * Text made safe in Markdown, also in a table's cell: no markup, HTML, mention, new line or control character survives,
 * but for what stands between two backticks, which is code.
 */
function escapeMarkdown(text: string): string {
  const parts = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').split('`')
  const isPaired = parts.length % 2 === 1
  return parts
    .map((part, index) => {
      if (index % 2 === 0) return escapeMarkup(part)
      const isCode = isPaired && part.trim() !== '' && !/[|\\]/.test(part)
      return isCode ? `\`${part}\`` : `\\\`${escapeMarkup(part)}${isPaired ? '\\`' : ''}`
    })
    .join('')
}

function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\*_[\]|#~]/g, (character) => `\\${character}`)
    .replaceAll('@', '@&#8203;')
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** A table; the first column is text, the others numbers. Cells are Markdown already. */
function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = headings.map((_, index) => (index === 0 ? '---' : '---:'))
  return [line(headings), line(rule), ...rows.map(line)].join('\n')
}

function causes(verdict: Verdict): string[] {
  return verdict.causes.map((cause, index) => {
    const evidence = cause.evidence.map((item) => `\n  - ${escapeMarkdown(item)}`).join('')
    const place = escapeMarkdown(causePlace(cause))
    const fixes = cause.fixes
      .map(({ title }) => `\n  - ${l10n.t('Fix: {0}', escapeMarkdown(title))}`)
      .join('')
    return `- ${l10n.t('{0} at {1} ({2})', `**${causeTitle(cause, index)}**`, `**${place}**`, confidenceText(cause))}: ${escapeMarkdown(cause.message)}${evidence}${fixes}`
  })
}

function changes(comparison: Comparison, before: Run): string[] {
  const rows = deltaRows(comparison).map((row) =>
    [row.name, row.before, row.after, row.ratio, row.judgement].map(escapeMarkdown),
  )
  const note = caveat(comparison)
  return [
    `#### ${l10n.t('Before and after')}`,
    ...(note === '' ? [] : [`> ${escapeMarkdown(note)}`]),
    table(['', l10n.t('before'), l10n.t('after'), l10n.t('change'), ''], rows),
    escapeMarkdown(beforeSentence(before)),
  ]
}

function cellTable({ columns, rows }: StepTable): string {
  const texts = rows.map((row) => [
    escapeMarkdown(row.heading),
    ...row.cells.map((cell) =>
      cell.breached ? `**${escapeMarkdown(cell.text)}** ✗` : escapeMarkdown(cell.text),
    ),
  ])
  return table(['', ...columns.map(escapeMarkdown)], texts)
}

function growthBlocks({ volume }: Run): string[] {
  if (volume === undefined) return []
  const items = growthSentences(volume).map((text) => `- ${escapeMarkdown(text)}`)
  return [`#### ${escapeMarkdown(growthTitle(volume))}`, items.join('\n')]
}

/** The steps; folded away where there is a comparison, which says the most. */
function stepBlocks(steps: StepTable, isFolded: boolean): string[] {
  if (steps.rows.length === 0) return [l10n.t('No step was measured.')]
  const note = escapeMarkdown(notMeasuredSentence(steps))
  if (!isFolded) return [`#### ${l10n.t('Load steps')}`, cellTable(steps), note]
  return [
    details(l10n.t('{0} load steps', steps.rows.length), [cellTable(steps), note].join('\n\n').trimEnd()),
  ]
}

function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`
}

/** A run, or two compared, as a comment on a pull request. */
export const markdown = {
  id: 'markdown',
  title: l10n.t('Markdown, for pull requests'),
  extension: 'md',
  render(input) {
    const { runs, comparison } = input
    const run = reportedRun(runs)
    const before = beforeRun(runs)
    const steps = stepTable(run.steps, run.plan.budget)
    const requests = requestTable(run.steps)
    const errors = errorGroups(run.steps).map(
      (group) =>
        `- ${group.count} × ${escapeMarkdown(group.title)}${group.sample === null ? '' : `: ${escapeMarkdown(group.sample)}`}`,
    )
    const conditions = conditionRows(run.plan, run.conditions, run.preflight).map(
      ([term, value]) => `- ${term}: ${escapeMarkdown(value)}`,
    )
    return [
      `### ${icons[run.verdict.kind]} ${escapeMarkdown(run.route)}`,
      `**${escapeMarkdown(run.verdict.sentence)}**`,
      escapeMarkdown(judgementSentence(input)),
      causes(run.verdict).join('\n'),
      otherReasons(run.verdict)
        .map((reason) => `- ${escapeMarkdown(reason)}`)
        .join('\n'),
      ...growthBlocks(run),
      ...(comparison === null || before === null ? [] : changes(comparison, before)),
      ...stepBlocks(steps, comparison !== null),
      ...(requests === null ? [] : [`#### ${escapeMarkdown(requests.title)}`, cellTable(requests.table)]),
      ...(errors.length === 0 ? [] : [`#### ${l10n.t('Errors')}`, errors.join('\n')]),
      details(l10n.t('Conditions'), conditions.join('\n')),
    ]
      .filter((block) => block !== '')
      .join('\n\n')
      .concat('\n')
  },
} as const satisfies Format
