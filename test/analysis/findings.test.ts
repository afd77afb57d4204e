import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { ruleIds } from './rule-ids.ts'

const folder = join(import.meta.dirname, '../fixtures/analysis/carets')
const report = new Inspection(folder).check({})

/** The carets of a fixture: `// ^^^^ rule` marks the columns of the line above it. */
function expectedIn(text: string): string[] {
  const lines = text.split('\n')
  return lines.flatMap((line, index) => {
    const mark = /^\s*\/\/\s*(\^+) (\S+)$/.exec(line) ?? /^\/\/(\^+) (\S+)$/.exec(line)
    if (!mark) return []
    const start = line.indexOf('^')
    const above = lines.slice(0, index).findLastIndex((candidate) => !/^\s*\/\/[\s^]*\^/.test(candidate))
    return [`${above + 1}:${start + 1}-${start + 1 + (mark[1]?.length ?? 0)} ${mark[2]}`]
  })
}

for (const file of readdirSync(folder)) {
  test(`${file}: every caret is a finding, and every finding has a caret`, () => {
    const text = readFileSync(join(folder, file), 'utf8')
    const lines = text.split('\n')
    const own = ruleIds.find((id) => file.startsWith(id))
    const found = report.findings
      .filter((finding) => finding.file === file && (own === undefined || finding.rule === own))
      .map(({ line, column, endLine, endColumn, rule }) => {
        const end = endLine === line ? endColumn : (lines[line - 1]?.length ?? 0) + 1
        return `${line}:${column}-${end} ${rule}`
      })
    assert.deepEqual(found, expectedIn(text))
  })
}

test('a query shared by two routes is one finding that lists both', () => {
  const shared = report.findings.find(({ routes }) => routes.length > 1)
  assert.deepEqual(shared?.routes, ['GET /users', 'GET /admin/users'])
  assert.equal(shared?.route, 'GET /users')
  assert.deepEqual(
    shared?.path.map(({ line }) => line),
    [39, 34],
  )
})

test('nothing in the fixtures is a problem', () => {
  assert.deepEqual(report.problems, [])
})
