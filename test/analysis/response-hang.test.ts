import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { projectOf } from './temporary-project.ts'

/** Whether a handler that leaves after a check with this body is reported. */
function hangs(t: TestContext, body: string): boolean {
  const root = projectOf(t, {
    'app.ts': `import express, { type Request, type Response } from 'express'
const app = express()
function isInvalid(req: Request, reply: Response): boolean {
  if (req.headers.accept === undefined) {
    ${body}
    return true
  }
  return false
}
app.get('/', (req, res) => {
  if (isInvalid(req, res)) return
  res.send('hello')
})
`,
  })
  return new Inspection(root).check({}).findings.some(({ rule }) => rule === 'response-hang')
}

test('a check that calls a method of the response which isn’t known may have answered', (t) => {
  assert.equal(hangs(t, '(reply as any).fail("invalid", 400)'), false)
  assert.equal(hangs(t, 'reply.status(400).refuse("invalid")'), false)
  assert.equal(hangs(t, 'reply.status(400).setHeader("x-reason", "accept")'), true)
  assert.equal(hangs(t, 'console.error("invalid")'), true)
})
