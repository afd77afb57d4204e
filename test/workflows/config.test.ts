import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { Failure } from '../../src/model/failure.ts'
import { configFileName, fromEnvironment, readConfig } from '../../src/workflows/config.ts'
import { plannedSteps } from '../../src/workflows/profiles.ts'

describe('readConfig', () => {
  let root = ''
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-config-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  const write = (text: string): Promise<void> => writeFile(join(root, configFileName), text)

  it('gives the defaults of the three-step pattern without a file', async () => {
    const config = await readConfig(root)
    const ramp = plannedSteps('progressive', config).filter(({ phase }) => phase === 'ramp')
    assert.deepEqual(
      ramp.map(({ users }) => users),
      [10, 25, 50, 100, 200, 500],
    )
    assert.equal(config.budget, 'p95<2s,errors<1%')
    assert.equal(config.baseUrl, undefined)
  })

  it('reads comments and trailing commas, and lets overrides win', async () => {
    await write('{\n  // the dev server\n  "baseUrl": "http://localhost:4000",\n  "users": [1, 2],\n}')
    const config = await readConfig(root, { users: [7] })
    assert.equal(config.baseUrl, 'http://localhost:4000')
    assert.deepEqual(config.users, [7])
  })

  const broken: [text: string, says: RegExp][] = [
    ['{ "users": [1,, }', /headroom\.config\.json line 1 is not JSON/],
    ['{\n\n  baseUrl }', /line 3 is not JSON/],
    ['{', /is not JSON: close brace expected\.$/],
    ['{ "users": [0] }', /users\.0: expected at least 1\.$/],
    ['{ "users": [1.5] }', /users\.0: expected integer\.$/],
    ['{ "users": "10" }', /users: expected list, got string\.$/],
    ['{ "headers": "Bearer SECRET" }', /headers: expected object, got string\.$/],
    ['{ "headers": { "a": 12345 } }', /headers\.a: expected string, got number\.$/],
    ['{ "userz": [1] }', /userz: there is no such field\.$/],
    ['{ "flows": { "a": {} } }', /flows\.a\.requests: it is missing\.$/],
    ['{ "baseUrl": "localhost" }', /baseUrl/],
    ['{ "factory": { "scale": "huge" } }', /factory\.scale: expected "small" or "medium" or "production"\.$/],
    ['{ "factory": { "rows": { "users": -1 } } }', /factory\.rows\.users: expected at least 0\.$/],
    [
      '{ "factory": { "tables": { "users": { "colums": {} } } } }',
      /factory\.tables\.users\.colums: there is no such field/,
    ],
    [
      '{ "factory": { "tables": { "users": { "columns": { "plan": { "nullRate": 2 } } } } } }',
      /factory\.tables\.users\.columns\.plan\.nullRate: expected at most 1\.$/,
    ],
    ['[]', /must hold one object/],
  ]
  for (const [text, says] of broken) {
    it(`says in one sentence what is wrong with ${JSON.stringify(text)}`, async () => {
      await write(text)
      await assert.rejects(readConfig(root), (error: unknown) => {
        assert.ok(error instanceof Failure)
        assert.equal(error.data.exitCode, 2)
        assert.match(error.message, says)
        return true
      })
    })
  }
})

describe('fromEnvironment', () => {
  it('replaces ${env:NAME}', () => {
    assert.equal(fromEnvironment('Bearer ${env:TOKEN}!', { TOKEN: 'abc' }), 'Bearer abc!')
  })

  it('names the variable that is missing', () => {
    assert.throws(() => fromEnvironment('${env:NOT_THERE}', { OTHER: 'secret' }), /NOT_THERE is not set/)
  })
})
