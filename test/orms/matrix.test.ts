import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { after, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { Inspection } from '../../src/analysis/inspection.ts'
import { bundle } from './bundle.ts'
import { copyFixture, fixtures, ormsFolder, type Fixture } from './fixtures.ts'
import { runAll } from './run.ts'
import type { Answer, Job, Outcome } from './serve.ts'

const run = promisify(execFile)
const root = mkdtempSync(join(tmpdir(), 'headroom-orms-'))
after(() => rmSync(root, { recursive: true, force: true }))
symlinkSync(join(ormsFolder, 'node_modules'), join(root, 'node_modules'), 'junction')

type Phase = 'before' | 'after'

const compilerOptions = {
  target: 'ES2023',
  module: 'ESNext',
  moduleResolution: 'Bundler',
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
  esModuleInterop: true,
  allowImportingTsExtensions: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
}

/** What came of mending a fixture: the texts that changed, or why it couldn't be mended. */
type Mended = { readonly changed: ReadonlyMap<string, string> } | { readonly failure: string }

/** A page that is asked for after the fix, and the rows that it must hold. */
interface Page {
  readonly path: string
  readonly rows: readonly unknown[]
}

/** What the applications answered before and after. */
interface Ran {
  readonly before: Outcome
  readonly after: Outcome
  readonly pages: readonly Page[]
}

const all = fixtures()
const emptyDatabase = join(root, 'empty-database.tar')
for (const phase of ['before', 'after'])
  cpSync(join(ormsFolder, 'postgres'), join(root, phase, 'postgres'), { recursive: true })
await Promise.all([...all.map(prepare), prepareDatabase()])
const mended = new Map<string, Mended>()
for (const fixture of all) mended.set(fixture.name, await mend(fixture))
const ran = new Map<string, Ran>()
const [typeErrors] = await Promise.all([typeCheck(), runFixtures()])

test('there are fixtures', () => assert.ok(all.length > 0))

describe('fixes of real ORM code', () => {
  for (const fixture of all) {
    test(`${fixture.name}: the fix "${fixture.fix}" is offered and keeps comments`, () => {
      for (const [file, text] of changedFiles(fixture)) {
        const original = readFileSync(join(folderOf(fixture, 'before'), file), 'utf8')
        for (const comment of comments(original))
          assert.ok(text.includes(comment), `${file} keeps "${comment}"`)
      }
      const now = [...changedFiles(fixture).values()].join('\n')
      for (const text of fixture.contains ?? []) assert.ok(now.includes(text), `holds "${text}":\n${now}`)
    })
    for (const phase of ['before', 'after'] as const) {
      test(`${fixture.name}: type-checks ${phase} the fix`, () => {
        if (phase === 'after') changedFiles(fixture)
        const errors = typeErrors.filter((line) => line.startsWith(`${phase}/${fixture.name}/`))
        assert.deepEqual(errors, [])
      })
    }
    if (fixture.run) test(`${fixture.name}: runs before and after the fix`, () => compare(fixture))
  }
})

function folderOf({ name }: Fixture, phase: Phase): string {
  return join(root, phase, name)
}

function changedFiles({ name }: Fixture): ReadonlyMap<string, string> {
  const result = mended.get(name)
  assert.ok(result && 'changed' in result, result && 'failure' in result ? result.failure : name)
  return result.changed
}

/** Copies a fixture twice, with the code that its ORM generates. */
async function prepare(fixture: Fixture): Promise<void> {
  const before = folderOf(fixture, 'before')
  copyFixture(fixture.name, before)
  await generateClient(before)
  cpSync(before, folderOf(fixture, 'after'), { recursive: true })
}

/** Makes the database that applications on PostgreSQL start from. */
async function prepareDatabase(): Promise<void> {
  if (all.some(({ name, run: runs }) => runs && /^(?:pg|postgres|sequelize)\//.test(name)))
    await run(process.execPath, [join(ormsFolder, 'postgres/make-empty.ts'), emptyDatabase])
}

/** Carries out a fixture's fix in one of its copies. */
async function mend(fixture: Fixture): Promise<Mended> {
  const before = folderOf(fixture, 'before')
  const folder = folderOf(fixture, 'after')
  try {
    const inspection = new Inspection(before)
    const { findings, problems } = inspection.check({})
    const ofRule = findings.filter(({ rule }) => rule === fixture.rule)
    const finding = ofRule.find(({ fixes }) => fixes.some(({ id }) => id === fixture.fix))
    if (!finding) {
      const found = findings.map(({ rule, file, line, fixes }) => {
        const ids = fixes.map(({ id }) => id).join(', ')
        return `${file}:${line} ${rule} (${ids})`
      })
      return { failure: ['the fix is not offered; found:', ...found, JSON.stringify(problems)].join('\n') }
    }
    const { edits } = inspection.fix({ finding, fix: fixture.fix })
    const changed = new Map<string, string>()
    for (const { file, start, end, text } of edits.toSorted((a, b) => b.start - a.start)) {
      const now = changed.get(file) ?? readFileSync(join(before, file), 'utf8')
      changed.set(file, now.slice(0, start) + text + now.slice(end))
    }
    for (const [file, text] of changed) writeFileSync(join(folder, file), text)
    if ([...changed.keys()].some((file) => file.endsWith('.prisma'))) await generateClient(folder)
    return { changed }
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

/** Prisma's client is generated from the schema, into a folder of the fixture. */
async function generateClient(folder: string): Promise<void> {
  const [schema] = globSync('**/schema.prisma', { cwd: folder })
  if (schema === undefined) return
  const prisma = join(ormsFolder, 'node_modules/prisma/build/index.js')
  await run(process.execPath, [prisma, 'generate', '--schema', schema], {
    cwd: folder,
    // Generating needs no engine; naming any program as one keeps Prisma from downloading it.
    env: { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
  })
}

/** The type errors of all fixtures, before and after, each starting with `before/knex/batch/app.ts`. */
async function typeCheck(): Promise<string[]> {
  writeFileSync(
    join(root, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['before/**/*.ts', 'after/**/*.ts'] }),
  )
  const tsc = join(ormsFolder, '../../node_modules/typescript/bin/tsc')
  const options = { cwd: root, maxBuffer: 50_000_000 }
  try {
    await run(process.execPath, [tsc, '--pretty', 'false', '-p', root], options)
    return []
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    const lines = `${stdout}${stderr}`.split(/\r?\n(?=\S)/).map((line) => line.split(sep).join('/'))
    assert.ok(
      lines.some((line) => /^(?:before|after)\//.test(line)),
      lines.join('\n'),
    )
    return lines.map((line) => relative(root, join(root, line)))
  }
}

/** Runs all applications, those of one ORM in one process, as many at a time as there are processors. */
async function runFixtures(): Promise<void> {
  const waiting = [...Map.groupBy(all.filter(isRunnable), ({ name }) => name.split('/')[0]).values()]
  const worker = async (): Promise<void> => {
    for (let group = waiting.shift(); group; group = waiting.shift()) await runGroup(group)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
}

function isRunnable(fixture: Fixture): boolean {
  const result = mended.get(fixture.name)
  return fixture.run && result !== undefined && 'changed' in result
}

/** Runs applications before and after; what is asked after depends on the answers before. */
async function runGroup(group: readonly Fixture[]): Promise<void> {
  const before = await runAll(
    await Promise.all(group.map((fixture) => jobOf(fixture, 'before', []))),
    emptyDatabase,
  )
  const pages = group.map((fixture, index) => pagesOf(fixture, before[index]))
  const jobs = group.map((fixture, index) => jobOf(fixture, 'after', pages[index] ?? []))
  const now = await runAll(await Promise.all(jobs), emptyDatabase)
  for (const [index, { name }] of group.entries()) {
    const [first, second] = [before[index], now[index]]
    if (first && second) ran.set(name, { before: first, after: second, pages: pages[index] ?? [] })
  }
}

async function jobOf(fixture: Fixture, phase: Phase, pages: readonly Page[]): Promise<Job> {
  const module = await bundle(folderOf(fixture, phase))
  return { module, requests: [...fixture.requests, ...pages.map(({ path }) => path)] }
}

function compare(fixture: Fixture): void {
  changedFiles(fixture)
  const result = ran.get(fixture.name)
  assert.ok(result, 'it ran')
  const before = answersIn(result.before)
  const now = answersIn(result.after)
  const answered = now.slice(0, before.length)
  for (const [index, answer] of before.entries()) {
    const other = answered[index]
    assert.equal(other?.status, answer.status, `${answer.path}: ${JSON.stringify(other?.body)}`)
    assert.ok(answer.status < 400, `${answer.path} answers ${answer.status}: ${JSON.stringify(answer.body)}`)
    assert.deepEqual(other?.body, firstPageOf(answer.body, fixture.firstPage), answer.path)
  }
  for (const [index, { path, rows }] of result.pages.entries())
    assert.deepEqual(now[before.length + index]?.body, rows, path)
  const most = fixture.fewerQueries ? queries(before) - 1 : queries(before) + 1
  assert.ok(queries(answered) <= most, `${queries(answered)} queries instead of ${queries(before)}`)
}

function answersIn(outcome: Outcome): readonly Answer[] {
  assert.ok('answers' in outcome, 'failure' in outcome ? outcome.failure : '')
  return outcome.answers
}

/** Pages other than the first, and the rows that they must hold. */
function pagesOf({ fix, firstPage, key = 'id' }: Fixture, before: Outcome | undefined): Page[] {
  if (firstPage === null || !fix.startsWith('paginate') || !before || !('answers' in before)) return []
  return before.answers.flatMap(({ path, body }) => {
    if (!Array.isArray(body)) return []
    const start = fix === 'paginate' ? 'offset=5' : `after=${String(body[4]?.[key])}`
    return [{ path: `${path}${path.includes('?') ? '&' : '?'}limit=7&${start}`, rows: body.slice(5, 12) }]
  })
}

function firstPageOf(body: unknown, size: number | null): unknown {
  return size !== null && Array.isArray(body) ? body.slice(0, size) : body
}

function queries(answered: readonly Answer[]): number {
  return answered.reduce((sum, answer) => sum + answer.queries, 0)
}

function comments(text: string): string[] {
  return (text.match(/(?<![:'"`])\/\/.*|\/\*[\s\S]*?\*\//g) ?? []).map((comment) => comment.trim())
}
