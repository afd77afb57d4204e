import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import type { Finding, Problem } from '../../model/finding.ts'
import { Failure } from '../../model/failure.ts'
import { ruleIds } from '../../workflows/inspect.ts'
import { inspectScope, type Scope, type ScopedReport } from '../../workflows/origins/scope.ts'
import { writeWhole } from '../../workflows/whole-file.ts'
import { log } from '../terminal.ts'

interface CheckOptions {
  /** True without a base. */
  changed?: string | true
  staged?: boolean
  aiOnly?: boolean
  rule?: string[]
  format: 'text' | 'json'
  json?: true
  output?: string
  failOn: 'info' | 'warning'
}

/** `headroom check`: what would break under load, without running anything. Exit code 1 when there are findings. */
export function checkCommand(): Command {
  return new Command('check')
    .description('Find what breaks under load: N+1 queries, missing pagination, missing timeouts and more')
    .argument('[dir]', 'the project', '.')
    .option(
      '--changed [base]',
      'only endpoints that changed since this branch left <base>; without a base, since the last commit',
    )
    .option('--staged', 'only endpoints that changed in what is staged, as it is staged')
    .option(
      '--ai-only',
      'leave out findings in lines that a git-ai note gives to a person; what nobody knows anything of stays',
    )
    .option('--rule <id...>', 'only these rules')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .option('--json', 'the same as --format json')
    .option('--output <file>', 'write there instead of to stdout')
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 from this severity on')
        .choices(['info', 'warning'])
        .default('info'),
    )
    .action(async (dir: string, options: CheckOptions) => {
      const unknown = options.rule?.find((id) => !ruleIds.includes(id))
      if (unknown !== undefined) {
        throw new Failure('HR_RULE', `There is no rule "${unknown}". The rules are: ${ruleIds.join(', ')}.`)
      }
      const scope = scopeOf(dir, options)
      const scoped = await inspectScope(resolve(dir), scope)
      const { report } = scoped
      const isAskedFor = ({ rule }: Finding): boolean => options.rule?.includes(rule) ?? true
      const findings = report.findings.filter(isAskedFor)
      const byPeople = scoped.byPeople.filter(isAskedFor)
      const text =
        options.json || options.format === 'json'
          ? JSON.stringify({ ...report, findings })
          : asText({ ...scoped, byPeople, report: { ...report, findings } }, scope)
      if (options.output === undefined) console.log(text)
      else await writeWhole(resolve(options.output), `${text}\n`)
      for (const problem of report.problems) log(problemText(problem))
      const counted = findings.filter(({ severity }) => options.failOn === 'info' || severity === 'warning')
      if (counted.length > 0) process.exitCode = 1
    })
}

function scopeOf(dir: string, { changed, staged = false, aiOnly = false }: CheckOptions): Scope {
  const base = changed === true || changed === undefined ? null : changed
  if (base !== null && staged) {
    const message =
      'What is staged is compared with the last commit: leave out --staged, or the base of --changed.'
    throw new Failure('HR_USAGE', message)
  }
  // The folder, read as the base: `check --changed .`
  if (base !== null && dir === '.' && /^\.{0,2}[\\/]|^\.{1,2}$|[\\/]$/.test(base)) {
    const message = `--changed takes a commit or a branch, and "${base}" is a folder: write "headroom check ${base} --changed".`
    throw new Failure('HR_USAGE', message)
  }
  return { changed: changed === undefined && !staged ? null : { base, staged }, aiOnly }
}

function asText(
  { report, routesInAll, hasChanges, byPeople }: ScopedReport,
  { changed, aiOnly }: Scope,
): string {
  const { routes, findings } = report
  const kind = changed === null ? 'route' : changed.staged ? 'staged route' : 'changed route'
  const ofAll = changed === null ? '' : ` (of ${routesInAll})`
  const summary = [
    `${numbered(findings.length, 'finding')} in ${numbered(routes.length, kind)}${ofAll}.`,
    ...(aiOnly ? [leftOut(byPeople.length)] : []),
    ...(hasChanges ? [] : [nothingChanged(changed)]),
  ]
  return [...findings.map(findingText), summary.join('\n')].join('\n\n')
}

function leftOut(count: number): string {
  return count === 0
    ? 'Nothing was left out: no note of git-ai gives any of this code to a person.'
    : `${numbered(count, 'finding')} left out: git-ai says that a person wrote the code.`
}

/** An empty list after a commit must not be taken for a clean branch. */
function nothingChanged(changed: Scope['changed']): string {
  if (changed?.staged === true) return 'No source file is staged.'
  return typeof changed?.base === 'string'
    ? `No source file has changed since ${changed.base}.`
    : 'No source file has changed since the last commit. For a whole branch: headroom check --changed main'
}

function numbered(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** What could not be inspected, and where; some problems have no one file. */
export function problemText({ kind, file, line, message }: Problem): string {
  // What is wrong with the configuration names file and line itself.
  return file === '' || kind === 'config' ? message : `${file}:${line}  ${message}`
}

/** One finding as a paragraph: place, rule and who wrote it, message, routes, call path, fixes. */
function findingText(finding: Finding): string {
  const { file, line, column, rule, message, routes, path, fixes, provenance } = finding
  return [
    `${file}:${line}:${column}  ${rule}${provenance === null ? '' : `  ${provenance}`}`,
    `  ${message}`,
    `  ${reachedBy(routes)}${path.length > 1 ? ` via ${path.map((at) => `${at.file}:${at.line}`).join(' → ')}` : ''}`,
    ...fixes.map(({ id, title }) => `  fix ${id}: ${title}`),
  ].join('\n')
}

/** At most three routes by name: a helper may be reached by all of them. */
function reachedBy(routes: readonly string[]): string {
  if (routes.length === 0) return 'concerns the application as a whole'
  const more = routes.length > 3 ? ` and ${routes.length - 3} more` : ''
  return `reached by ${routes.slice(0, 3).join(', ')}${more}`
}
