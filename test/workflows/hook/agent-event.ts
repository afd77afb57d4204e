import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** A handler with a query in a loop. */
export const handler = `import express from 'express'
import knex from 'knex'
const db = knex({ client: 'pg' })
const app = express()
app.get('/orders', async (req, res) => {
  const orders = await db('orders').select('*')
  for (const order of orders) {
    order.lines = await db('lines').where({ orderId: order.id })
  }
  res.json(orders)
})
`

/** Waits for a state of affairs that comes by itself. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000
  while (!(await holds())) {
    assert.ok(performance.now() < end, 'it never came to be')
    await setTimeout(20)
  }
}

/** Whether a process runs. */
export function isAlive(pid: number | null): boolean {
  try {
    return pid !== null && process.kill(pid, 0)
  } catch {
    return false
  }
}

/** What Claude Code sends after it has written a whole file. */
export function event(root: string, file = 'src/app.ts', content = handler): string {
  return JSON.stringify({
    session_id: 'SESSION-ID',
    transcript_path: '/SESSION-ID.jsonl',
    prompt: 'PROMPT',
    cwd: root,
    hook_event_name: 'PostToolUse',
    tool_name: 'Write',
    tool_input: { file_path: join(root, file), content },
  })
}
