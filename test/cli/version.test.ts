import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))

describe('headroom --version', () => {
  for (const main of ['src/cli/main.ts', 'dist/cli.cjs']) {
    it(`is that of the package: ${main}`, () => {
      const file = fileURLToPath(new URL(main, root))
      const said = execFileSync(process.execPath, ['--no-warnings', file, '--version'], { encoding: 'utf8' })
      assert.equal(said.trim(), version)
    })
  }
})
