import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Failure } from '../../src/model/failure.ts'
import { callApart } from '../../src/workflows/apart.ts'
import { readConfig } from '../../src/workflows/config.ts'

const english = join(import.meta.dirname, '../../l10n/bundle.l10n.json')
let root = ''
let server: Server

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'headroom-language-'))
  const texts: Record<string, string> = JSON.parse(await readFile(english, 'utf8'))
  const quoted = Object.keys(texts).map((text) => [text, `«${text}»`])
  await writeFile(join(root, 'bundle.json'), JSON.stringify(Object.fromEntries(quoted)))
  server = createServer((_, response) => response.writeHead(302, { location: 'http://example.com/' }).end())
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
after(async () => {
  delete process.env['HEADROOM_L10N']
  server.close()
  await rm(root, { recursive: true })
})

/** What a load test says of the server, which redirects to another one: its activities, and why it fails. */
async function said(): Promise<{ readonly activities: string[]; readonly message: string }> {
  const { port } = server.address() as AddressInfo
  const config = await readConfig(root, { baseUrl: `http://127.0.0.1:${port}` })
  const endpoint = { method: 'GET', path: '/notes' } as const
  const order = { root, config, endpoint, routes: [], findings: [], profile: 'baseline', start: false }
  const activities: string[] = []
  const failed = callApart(
    'testEndpoint',
    order,
    (event) => event.kind === 'activity' && activities.push(event.activity),
    new AbortController().signal,
  )
  const message = await failed.then(
    () => '',
    (error: unknown) => (error instanceof Failure ? error.data.message : String(error)),
  )
  return { activities, message }
}

test('the worker and the load child speak the language of the bundle that the environment names', async () => {
  const place = 'GET /notes: HTTP 302 to http://example.com/ leads to another server, and is not followed'
  const plain = await said()
  assert.ok(plain.activities.includes('One request first'), plain.message)
  assert.ok(plain.message.startsWith(`${place}. Headroom only loads`), plain.message)

  process.env['HEADROOM_L10N'] = join(root, 'bundle.json')
  const translated = await said()
  assert.deepEqual(
    translated.activities,
    plain.activities.map((text) => `«${text}»`),
  )
  assert.match(translated.message, /^«GET \/notes: «HTTP 302 to [^«»]+». Headroom only loads [^«»]+»$/)
})
