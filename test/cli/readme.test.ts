import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'jsonc-parser'
import { safeParse } from 'valibot'
import { configSchema } from '../../src/workflows/config.ts'
import { headroom } from './command-line.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const documents = ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md']

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

function blocks(language: string): string[] {
  return [...read('README.md').matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    (match) => match[1] ?? '',
  )
}

function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '')
}

describe('the README', () => {
  const commands = blocks('sh').flatMap((block) => block.trim().split('\n'))
  const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts

  for (const line of commands.filter((each) => each.startsWith('npm '))) {
    it(`${line} is a script`, () => {
      const name = line.replace(/^npm (run )?/, '')
      assert.ok(scripts[name] !== undefined)
    })
  }

  for (const line of commands.filter((each) => each.startsWith('node dist/cli.cjs'))) {
    it(`${line} is understood`, async () => {
      const args = words(line).slice(2)
      const readsOnly = ['routes', 'check', 'fix'].includes(args[0] ?? '')
      const { exitCode, stderr, stdout } = await headroom(root, ...args, ...(readsOnly ? [] : ['--help']))
      assert.ok(exitCode === 0 || (args[0] === 'check' && exitCode === 1), stderr)
      assert.ok(stdout.length > 0)
      for (const option of args.filter((arg) => arg.startsWith('--'))) {
        if (!readsOnly) assert.ok(stdout.includes(option), `${option} is an option of ${args[0]}`)
      }
    })
  }

  it('has a configuration example that the schema accepts', () => {
    const [example = ''] = blocks('jsonc')
    assert.deepEqual(safeParse(configSchema, parse(example)).issues, undefined)
  })

  it('says of every dependency why it is there', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as {
      devDependencies: Record<string, string>
    }
    const said = read('docs/dependencies.md')
    for (const name of Object.keys(devDependencies)) {
      if (!name.startsWith('@types/')) assert.ok(said.includes(`\`${name}\``), name)
    }
  })

  for (const document of documents) {
    it(`${document} links only to files that exist`, () => {
      const links = [...read(document).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(
        (match) => match[1] ?? '',
      )
      for (const link of links) assert.ok(existsSync(join(root, dirname(document), link)), link)
    })
  }
})
