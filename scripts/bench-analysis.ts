import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { CheckReport } from '../src/model/finding.ts'
import { checkRepository, type RepositoryCheck } from './bench/checks.ts'
import { aligned } from './bench/figures.ts'
import {
  answer,
  type Answer,
  falsePositiveRate,
  isInspected,
  type Label,
  readLabels,
  recall,
  type Score,
  score,
  scores,
} from './bench/labels.ts'
import { runScript, SetupError } from './lifetime.ts'

const usage =
  'Usage: npm run bench:analysis -- <folder with checked-out repositories> [--labels <file>] [--rule <id>] [--list]'
const lowestRecall = 0.85
const highestFalsePositiveRate = 0.08

interface Options {
  readonly folder: string
  readonly labels: string | null
  readonly rule: string | null
  readonly list: boolean
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { labels: { type: 'string' }, rule: { type: 'string' }, list: { type: 'boolean' } },
  })
  const [folder] = positionals
  if (folder === undefined || positionals.length > 1) throw new SetupError(usage)
  if (!isFolder(folder)) throw new SetupError(`There is no folder ${resolve(folder)}.`)
  const usual = join(folder, 'labels.json')
  return {
    folder: resolve(folder),
    labels: values.labels ?? (existsSync(usual) ? usual : null),
    rule: values.rule ?? null,
    list: values.list ?? false,
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** Where a repository `owner/name` is checked out, or null. */
function checkoutOf(folder: string, repo: string): string | null {
  const name = repo.split('/')[1] ?? repo
  return [repo.replace('/', '+'), repo, name].map((path) => join(folder, path)).find(isFolder) ?? null
}

/** Checks one repository after the other, so that none takes the time of another. */
async function checkAll(
  repositories: readonly { readonly name: string; readonly folder: string }[],
  signal: AbortSignal,
): Promise<RepositoryCheck[]> {
  const checks: RepositoryCheck[] = []
  for (const { name, folder } of repositories) {
    console.error(`headroom: checking ${name} …`)
    checks.push(await checkRepository(name, folder, signal))
  }
  return checks
}

function repositoryTable(checks: readonly RepositoryCheck[], rule: string | null): string {
  const rows = checks.map(({ name, report, crash, millis, peakBytes }) => [
    name,
    String(report?.routes.length ?? '–'),
    String(report === null ? '–' : findingsOf(report, rule).length),
    report === null ? '–' : problemCounts(report),
    `${(millis / 1000).toFixed(1)} s`,
    peakBytes === null ? 'not measured' : `${(peakBytes / 1e6).toFixed(0)} MB`,
    crash !== null ? `CRASHED ${crash}` : report === null ? 'no JavaScript or TypeScript' : '',
  ])
  return aligned([['repository', 'routes', 'findings', 'problems', 'time', 'peak memory', ''], ...rows])
}

function findingsOf({ findings }: CheckReport, rule: string | null): CheckReport['findings'] {
  return rule === null ? findings : findings.filter((finding) => finding.rule === rule)
}

function problemCounts({ problems }: CheckReport): string {
  const kinds = Map.groupBy(problems, ({ kind }) => kind)
  return [...kinds].map(([kind, some]) => `${some.length} ${kind}`).join(', ') || '0'
}

function findingTable(checks: readonly RepositoryCheck[], rule: string | null): string {
  const findings = checks.flatMap(({ report }) => (report === null ? [] : findingsOf(report, rule)))
  const byRule = [...Map.groupBy(findings, (finding) => finding.rule)]
    .map(([id, some]) => [id, some.length, some.filter(({ fixes }) => fixes.length > 0).length] as const)
    .toSorted(([, a], [, b]) => b - a)
  const rows = byRule.map(([id, count, fixable]) => [id, String(count), String(fixable)])
  return aligned([['rule', 'findings', 'with a fix'], ...rows])
}

function scoreTable(rules: readonly Score[], all: Score): string {
  const rows = [...rules, all].map((each) => [
    each.rule,
    String(each.problems),
    String(each.found),
    percent(recall(each)),
    String(each.fine),
    String(each.reported),
    percent(falsePositiveRate(each)),
  ])
  return aligned([
    ['rule', 'problems', 'found', 'recall', 'fine', 'reported', 'false-positive rate'],
    ...rows,
  ])
}

function percent(rate: number | null): string {
  return rate === null ? '–' : `${(rate * 100).toFixed(1)} %`
}

function printWrong(answers: readonly Answer[]): void {
  const wrong = answers.filter(({ label, isReported }) => (label.verdict === 'problem') !== isReported)
  for (const { label } of wrong) {
    const what = label.verdict === 'problem' ? 'MISSED' : 'REPORTED'
    console.log(`${what}  ${label.rule}  ${label.repo} ${label.file}:${label.line}\n    ${label.why}`)
  }
  if (wrong.length > 0) console.log('')
}

function printReports(checks: readonly RepositoryCheck[], rule: string | null): void {
  for (const { name, report } of checks) {
    if (report === null) continue
    for (const { rule: id, file, line, message } of findingsOf(report, rule))
      console.log(`${id}  ${name} ${file}:${line}\n    ${message}`)
    for (const { kind, file, line, message } of report.problems)
      console.log(`${kind} problem  ${name} ${file}:${line}\n    ${message}`)
  }
}

function printApart(title: string, labels: readonly Label[]): void {
  if (labels.length === 0) return
  const counts = [...Map.groupBy(labels, ({ lang }) => lang)].map(([lang, some]) => `${some.length} ${lang}`)
  const repositories = new Set(labels.map(({ repo }) => repo))
  console.log(`${title}: ${labels.length} (${counts.join(', ')}; ${[...repositories].join(', ')})`)
}

/** Measures recall and the false-positive rate on the labels. */
async function measureLabels(
  file: string,
  { folder, rule, list }: Options,
  signal: AbortSignal,
): Promise<number> {
  const labels = (await readLabels(file)).filter((label) => rule === null || label.rule === rule)
  if (labels.length === 0) throw new SetupError(`${file} has no labels to measure.`)
  const inspected = labels.filter(isInspected)
  const byRepository = Map.groupBy(inspected, ({ repo }) => repo)
  const checkouts = [...byRepository.keys()].map((name) => ({ name, folder: checkoutOf(folder, name) }))
  const present = checkouts.flatMap(({ name, folder: path }) =>
    path === null ? [] : [{ name, folder: path }],
  )
  const checks = await checkAll(present, signal)
  const answers = checks.flatMap(({ name, report }) =>
    answer(byRepository.get(name) ?? [], report?.findings ?? []),
  )
  if (list) printWrong(answers)
  const all = score('all', answers)
  console.log(`${repositoryTable(checks, rule)}\n\n${scoreTable(scores(answers), all)}\n`)
  printApart(
    'Not inspected, in a language that is not read',
    labels.filter((label) => !isInspected(label)),
  )
  const absent = new Set(checkouts.filter((each) => each.folder === null).map(({ name }) => name))
  printApart(
    'Not inspected, not checked out',
    inspected.filter(({ repo }) => absent.has(repo)),
  )
  const isGood = (recall(all) ?? 1) >= lowestRecall
  const isQuiet = (falsePositiveRate(all) ?? 0) <= highestFalsePositiveRate
  console.log(
    `Recall ${percent(recall(all))} (goal ≥ ${percent(lowestRecall)}), false-positive rate ${percent(falsePositiveRate(all))} (goal ≤ ${percent(highestFalsePositiveRate)}).`,
  )
  return isGood && isQuiet && present.length > 0 && noneCrashed(checks) ? 0 : 1
}

/** Shows what the analysis makes of every sub-folder, without labels to judge it by. */
async function survey({ folder, rule, list }: Options, signal: AbortSignal): Promise<number> {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.') && isFolder(join(folder, name)))
  if (names.length === 0) throw new SetupError(`There are no repositories in ${folder}.`)
  const checks = await checkAll(
    names.toSorted().map((name) => ({ name, folder: join(folder, name) })),
    signal,
  )
  if (list) printReports(checks, rule)
  console.log(`${repositoryTable(checks, rule)}\n\n${findingTable(checks, rule)}`)
  return noneCrashed(checks) ? 0 : 1
}

function noneCrashed(checks: readonly RepositoryCheck[]): boolean {
  return checks.every(({ crash }) => crash === null)
}

await runScript(async ({ signal }) => {
  const options = readOptions()
  return options.labels === null ? survey(options, signal) : measureLabels(options.labels, options, signal)
})
