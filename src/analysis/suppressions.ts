import * as l10n from '@vscode/l10n'
import picomatch from 'picomatch'
import type { Finding, Problem } from '../model/finding.ts'

/** Findings that a project doesn't want to see below some paths, as its configuration says. */
export interface Ignore {
  /** A glob, relative to the inspected folder: `legacy/**`. */
  readonly path: string
  /** Ids of rules; all of them where it is left out. */
  readonly rules?: readonly string[] | undefined
}

/** What is left of findings, and what is wrong with the suppressions. */
export interface Suppressed {
  readonly findings: readonly Finding[]
  readonly problems: readonly Problem[]
}

/** One `headroom-ignore` comment, or one entry of the configuration. */
interface Suppression {
  readonly rules: readonly string[] | null
  readonly covers: (finding: Finding) => boolean
  /** Where it stands; `file` is empty for the configuration. */
  readonly file: string
  readonly line: number
  readonly sayUnknown: (rules: string) => string
  readonly sayUnused: () => string
}

const comment = /(?:\/\/|\/\*+|<!--)\s*headroom-ignore\s+([\w-]+(?:\s*,\s*[\w-]+)*)/g
const commentOrBlank = /^\s*(?:\/\/.*|\/\*.*\*\/\s*|\*.*|\{\/\*.*\*\/\}\s*)?$/

/**
 * Takes out the findings that a comment `// headroom-ignore rule -- reason`, on the line itself or above it, or an entry
 * of the configuration suppresses. Suppressions that suppress nothing, or name no rule there is, become problems.
 */
export function suppress(
  findings: readonly Finding[],
  texts: ReadonlyMap<string, string>,
  ignores: readonly Ignore[],
  ruleIds: readonly string[],
): Suppressed {
  const suppressions = [...texts]
    .flatMap(([file, text]) => inText(file, text))
    .concat(ignores.map(fromIgnore))
  const used = new Set<Suppression>()
  const left = findings.filter((finding) => {
    const by = suppressions.filter(
      ({ rules, covers }) => (rules === null || rules.includes(finding.rule)) && covers(finding),
    )
    for (const each of by) used.add(each)
    return by.length === 0
  })
  return {
    findings: left,
    problems: suppressions.flatMap((each) => problemsOf(each, used.has(each), ruleIds)),
  }
}

function inText(file: string, text: string): Suppression[] {
  if (!text.includes('headroom-ignore')) return []
  const lines = text.split(/\r?\n/)
  return lines.flatMap((content, index) =>
    [...content.matchAll(comment)].map((match): Suppression => {
      const rules = (match[1] ?? '').split(',').map((rule) => rule.trim())
      const line = index + 1
      const target = commentOrBlank.test(content) ? nextCodeLine(lines, line) : line
      return {
        rules,
        covers: (finding) => finding.file === file && finding.line === target,
        file,
        line,
        sayUnknown: (unknown) =>
          l10n.t('headroom-ignore {0}: there is no rule called {1}.', rules.join(', '), unknown),
        sayUnused: () => l10n.t('headroom-ignore {0} suppresses nothing: remove it.', rules.join(', ')),
      }
    }),
  )
}

/** The first line of code after a line; both count from 1. */
function nextCodeLine(lines: readonly string[], line: number): number {
  const ahead = lines.slice(line).findIndex((content) => !commentOrBlank.test(content))
  return ahead === -1 ? line : line + ahead + 1
}

function fromIgnore({ path, rules }: Ignore): Suppression {
  const matches = picomatch(path, { dot: true })
  return {
    rules: rules ?? null,
    covers: (finding) => matches(finding.file),
    file: '',
    line: 0,
    sayUnknown: (unknown) =>
      l10n.t('The "ignore" entry for {0}: there is no rule called {1}.', path, unknown),
    sayUnused: () => l10n.t('The "ignore" entry for {0} suppresses nothing: remove it.', path),
  }
}

function problemsOf(each: Suppression, isUsed: boolean, ruleIds: readonly string[]): Problem[] {
  const { file, line } = each
  const unknown = (each.rules ?? []).filter((rule) => !ruleIds.includes(rule))
  if (unknown.length > 0) {
    return [{ kind: 'suppression', file, line, message: each.sayUnknown(unknown.join(', ')) }]
  }
  return isUsed ? [] : [{ kind: 'suppression', file, line, message: each.sayUnused() }]
}
