import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { CheckReport, Finding } from '../../../src/model/finding.ts'
import type { FixCheck } from '../../../src/model/verification.ts'
import { carryOut, type FixedFile } from '../../../src/workflows/fix.ts'
import { openInspection } from '../../../src/workflows/inspect.ts'
import { verifyCode } from '../../../src/workflows/verify/code.ts'
import { sampleCopy } from '../../cli/command-line.ts'

const route = 'GET /users/:userId/activities'

function outcomeOf(checks: readonly FixCheck[]): string[] {
  return checks.map(({ id, outcome }) => `${id} ${outcome}`)
}

function wrong(text: string): string {
  return `${text}\nexport const wrong: 'secret' = 'other'\n`
}

describe('verifyCode, on a copy of the sample', () => {
  let copy: Awaited<ReturnType<typeof sampleCopy>>
  let report: CheckReport
  let finding: Finding
  let fixed: FixedFile[]
  before(async () => {
    copy = await sampleCopy()
    const inspection = openInspection(copy.root)
    report = await inspection.check({})
    const found = report.findings.find((each) => each.rule === 'n-plus-one' && each.routes.includes(route))
    assert.ok(found !== undefined)
    finding = found
    const [fix] = finding.fixes
    assert.ok(fix !== undefined)
    fixed = await carryOut(copy.root, await inspection.fix({ finding, fix: fix.id }))
    await inspection.dispose()
  })
  after(() => copy[Symbol.asyncDispose]())

  it('passes the N+1 fix: it parses, the rule is gone there, nothing new, also for TypeScript', async () => {
    const checks = await verifyCode(copy.root, fixed, finding)
    assert.deepEqual(outcomeOf(checks), ['parses passed', 'rule-gone passed', 'no-new-diagnostics passed'])
    assert.equal(checks[1]?.message, 'n-plus-one is gone')
    assert.match(checks[2]?.message ?? '', /no new findings, gone: n-plus-one on .*; no new type errors$/)
  })

  const file = 'src/routes/activities.ts'
  const changed = async (edit: (text: string) => string): Promise<FixedFile[]> => {
    const text = await readFile(join(copy.root, file), 'utf8')
    return [{ file, before: text, after: edit(text) }]
  }

  it('sees a rule that still fires after a change that only moves lines', async () => {
    const checks = await verifyCode(copy.root, await changed((text) => `// Faster now.\n\n${text}`), finding)
    assert.deepEqual(outcomeOf(checks), ['parses passed', 'rule-gone failed'])
    assert.match(checks[1]?.message ?? '', /^n-plus-one still fires at src\/routes\/activities\.ts:\d+$/)
  })

  it('sees a new finding', async () => {
    const query = `    for (const activity of activities) await storage.getUser(activity.user_id)\n    res.json(enriched)`
    const added = (text: string): string =>
      text
        .replace(
          '    // Enrich each',
          '    const one = activities.map((activity) => activity.post_id)\n    // Enrich each',
        )
        .replace('    res.json(enriched)', `    void one\n${query}`)
    const checks = await verifyCode(copy.root, await changed(added), null)
    assert.deepEqual(outcomeOf(checks), ['parses passed', 'no-new-diagnostics failed'])
    assert.equal(checks[1]?.message, `new: n-plus-one on ${route}`)
  })

  it('sees a new type error, and names it without a word of the code', async () => {
    const checks = await verifyCode(copy.root, await changed(wrong), null)
    assert.deepEqual(outcomeOf(checks), ['parses passed', 'no-new-diagnostics failed'])
    assert.equal(checks[1]?.message, 'new type errors: src/routes/activities.ts: TS2322')
  })

  it('sees code that does not parse, and says where', async () => {
    const checks = await verifyCode(
      copy.root,
      await changed((text) => text.replace('res.json(enriched)', 'res.json(')),
      finding,
    )
    assert.equal(checks[0]?.outcome, 'failed')
    assert.match(checks[0]?.message ?? '', /^it does not parse: src\/routes\/activities\.ts:\d+$/)
  })

  it('says that a finding which was not there could not be measured', async () => {
    const other = { rule: 'missing-timeout', file, routes: [route] }
    const checks = await verifyCode(copy.root, fixed, other)
    assert.equal(checks[1]?.outcome, 'not-measured')
  })

  it('leaves the project as it is', async () => {
    for (const { file: name, before: text } of fixed) {
      assert.equal(await readFile(join(copy.root, name), 'utf8'), text)
    }
  })
})
