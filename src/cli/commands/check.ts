import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import type { CheckReport, Finding, Problem } from '../../model/finding.ts'
import { Failure } from '../../model/failure.ts'
import { inspect, ruleIds } from '../../workflows/inspect.ts'
import { writeWhole } from '../../workflows/whole-file.ts'
import { log } from '../terminal.ts'

interface CheckOptions {
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
      const report = await inspect(resolve(dir))
      const findings = report.findings.filter(({ rule }) => options.rule?.includes(rule) ?? true)
      const text =
        options.json || options.format === 'json'
          ? JSON.stringify({ ...report, findings })
          : asText({ ...report, findings })
      if (options.output === undefined) console.log(text)
      else await writeWhole(resolve(options.output), `${text}\n`)
      for (const problem of report.problems) log(problemText(problem))
      const counted = findings.filter(({ severity }) => options.failOn === 'info' || severity === 'warning')
      if (counted.length > 0) process.exitCode = 1
    })
}

function asText({ routes, findings }: CheckReport): string {
  const blocks = findings.map(findingText)
  const count = `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} in ${routes.length} routes.`
  return [...blocks, count].join('\n\n')
}

/** What could not be inspected, and where; some problems have no one file. */
export function problemText({ file, line, message }: Problem): string {
  return file === '' ? message : `${file}:${line}  ${message}`
}

/** One finding as a paragraph: place and rule, message, routes, call path, fixes. */
function findingText(finding: Finding): string {
  const { file, line, column, rule, message, routes, path, fixes } = finding
  return [
    `${file}:${line}:${column}  ${rule}`,
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
