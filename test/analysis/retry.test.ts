import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { listen, run, scaffold, service, weatherApp } from './scaffolded-app.ts'

for (const rule of ['missing-retry', 'missing-timeout']) {
  test(`add-retry at ${rule}: two answers of 503 are followed by a third request, whose body is whole`, async (t) => {
    const other = await service(t, 503, 503, 200)
    const { url } = await run(t, {
      rule,
      fix: 'add-retry',
      text: weatherApp(other.url),
      constants: { retryBaseMs: '10' },
    })
    const answer = await fetch(`${url}/weather`)
    assert.deepEqual([answer.status, await answer.text()], [200, 'answer'])
    assert.equal(other.requests.length, 3)
  })
}

test('add-retry: only what may be repeated is, and no more often than three times', async (t) => {
  const module = await retrying(t)
  const counted = async (answer: number, options?: RequestInit): Promise<number> => {
    const other = await service(t, answer)
    assert.equal((await module.fetchWithRetry(other.url, options)).status, answer)
    return other.requests.length
  }
  for (const status of [429, 502, 503, 504]) assert.equal(await counted(status), 3)
  for (const status of [200, 400, 404, 500]) assert.equal(await counted(status), 1)
  assert.equal(await counted(503, { method: 'HEAD' }), 3)
  assert.equal(await counted(503, { method: 'POST', body: 'once' }), 1)
  assert.equal(await counted(503, { method: 'DELETE' }), 1)
  assert.equal(await counted(503, { method: 'POST', body: 'same', headers: { 'Idempotency-Key': '1' } }), 3)
  const lost = await service(t, (response) => response.destroy(), 200)
  assert.equal((await module.fetchWithRetry(lost.url)).status, 200)
  const lostPost = await service(t, (response) => response.destroy(), 200)
  await assert.rejects(module.fetchWithRetry(lostPost.url, { method: 'POST' }))
  assert.equal(lostPost.requests.length, 1)
})

test('add-retry: waits as long as Retry-After says, within the cap', async (t) => {
  const { fetchWithRetry, retryAfterMs } = await retrying(t)
  const other = await service(t, (response) => response.writeHead(503, { 'retry-after': '60' }).end(), 200)
  const started = performance.now()
  await fetchWithRetry(other.url)
  const waited = performance.now() - started
  assert.ok(waited >= 295 && waited < 3000, `${waited} ms, capped at 300`)
  assert.equal(retryAfterMs('0'), 0)
  assert.equal(retryAfterMs(new Date(Date.now() + 60_000).toUTCString()), 300)
  assert.equal(retryAfterMs(new Date(0).toUTCString()), 0)
  assert.equal(retryAfterMs('soon'), null)
})

test('add-retry: an abort ends it, and every attempt has its own timeout', async (t) => {
  const { fetchWithRetry } = await retrying(t, '3000')
  const started = performance.now()
  const busy = await service(t, (response) => response.writeHead(503, { 'retry-after': '60' }).end())
  await assert.rejects(fetchWithRetry(busy.url, { signal: AbortSignal.timeout(100) }), /abort|timeout/i)
  assert.ok(performance.now() - started < 2000, 'the pause ends with the abort')
  await sleep(100)
  assert.equal(busy.requests.length, 1)
  const hanging = await service(t, () => {}, 200)
  assert.equal((await fetchWithRetry(hanging.url)).status, 200)
  assert.equal(hanging.requests.length, 2)
})

interface Retrying {
  readonly fetchWithRetry: (url: string, options?: RequestInit) => Promise<Response>
  readonly retryAfterMs: (header: string) => number | null
}

async function retrying(t: TestContext, retryCapMs = '300'): Promise<Retrying> {
  const { module } = await run(t, {
    rule: 'missing-retry',
    fix: 'add-retry',
    text: weatherApp('http://127.0.0.1:9'),
    constants: { retryBaseMs: '10', retryCapMs, retryTimeoutMs: '200' },
    exports: ['fetchWithRetry', 'retryAfterMs'],
  })
  return module as Retrying
}

test('CommonJS with double quotes, semicolons and tabs: it runs, in that style', async (t) => {
  const other = await service(t, 503, 200)
  const text = `const express = require("express");

const app = express();

app.get("/", async (req, res) => {
	const answer = await fetch("${other.url}");
	res.send(await answer.text());
});

module.exports = { app };
`
  const added = scaffold(t, { rule: 'missing-retry', fix: 'add-retry', file: 'app.cjs', text })
  assert.match(added.text, /^async function fetchWithRetry\(url, options = \{\}\) \{$/m)
  assert.match(added.text, /^\tfor \(let attempt = 0; ; attempt\+\+\) \{$/m)
  assert.doesNotMatch(added.text, /'|«|»|^ {2}/m)
  const { app } = await import(added.path)
  assert.equal(await (await fetch(await listen(t, app))).text(), 'answer')
})
