import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { openAnalysis, type Analysis } from '../../src/analysis/client.ts'
import { Inspection } from '../../src/analysis/inspection.ts'
import { rules } from '../../src/analysis/rules/index.ts'
import { projectOf } from './temporary-project.ts'

const english = join(import.meta.dirname, '../../l10n/bundle.l10n.json')
const folder = mkdtempSync(join(tmpdir(), 'headroom-analysis-'))

/** A whole text of the bundle below; English words before or after it would be glued to what is translated. */
const translated = /^«[^]*»$/

before(async () => {
  const bundle = join(folder, 'bundle.json')
  const texts: unknown = JSON.parse(readFileSync(english, 'utf8'))
  const quoted = Object.keys(Object(texts)).map((text) => [text, `«${text}»`])
  writeFileSync(bundle, JSON.stringify(Object.fromEntries(quoted)))
  process.env['HEADROOM_L10N'] = bundle
  await import('../../src/l10n.ts')
})
after(() => rmSync(folder, { recursive: true, force: true }))

function analysisOf(t: TestContext, files: Readonly<Record<string, string>>): Analysis {
  const analysis = openAnalysis(projectOf(t, files))
  t.after(() => analysis.dispose())
  return analysis
}

for (const rule of rules)
  test(`rule ${rule.id}: its messages and the titles of its fixes come in the language of the bundle`, (t) => {
    const found = rule.examples.flatMap(({ file = 'app.ts', before: text, others }) => {
      const { findings, scaffolds } = new Inspection(projectOf(t, { [file]: text, ...others })).check({})
      return [...findings, ...scaffolds]
    })
    assert.ok(found.some((each) => each.rule === rule.id))
    for (const { message, fixes } of found)
      for (const text of [message, ...fixes.map(({ title }) => title)]) assert.match(text, translated)
  })

test('problems come in the language of the bundle', async (t) => {
  const analysis = analysisOf(t, {
    'app.ts': '// headroom-ignore n-plus-one\n// headroom-ignore no-such-rule\nexport const a = 1\n',
    'large.ts': `export const b = '${'b'.repeat(1_000_001)}'\n`,
    'tsconfig.json': '{',
  })
  const { problems } = await analysis.check({ ignore: [{ path: 'b/**' }, { path: 'c/**', rules: ['none'] }] })
  assert.equal(problems.length, 6)
  for (const { message } of problems) assert.match(message, translated)
})

test('failures come in the language of the bundle', async (t) => {
  const missing = { finding: { rule: 'n-plus-one', file: 'app.ts', line: 1 }, fix: 'batch' }
  await assert.rejects(analysisOf(t, { 'app.ts': 'export const a = 1\n' }).fix(missing), {
    message: translated,
  })
  await assert.rejects(analysisOf(t, {}).check({}), { message: translated })
})
