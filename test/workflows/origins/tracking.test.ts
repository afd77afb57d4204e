import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import {
  type EditEvent,
  type EventContext,
  hookNear,
  keepLines,
  ProvenanceTracking,
  storedLines,
} from '../../../src/workflows/origins/tracking.ts'
import { recordLines } from '../../../src/workflows/origins/attribution-store.ts'
import { nothingKnown } from '../../provenance/contexts.ts'

const file = 'src/routes/orders.ts'
const byHook = { ...nothingKnown, hook: 'Claude Code hook' }
const handler = [
  "ordersRouter.get('/', async (_req, res) => {",
  '  const orders = await storage.getOrders()',
  '  for (const order of orders) order.items = await storage.getItems(order.id)',
  '',
  '  res.json(orders)',
  '})',
  '',
].join('\n')

/** A file and what is known of it, edited as the editor does. */
class Edited {
  readonly tracking = new ProvenanceTracking()
  text: string
  constructor(text: string) {
    this.text = text
    this.tracking.begin(file, text, [])
  }

  take(start: number, length: number, text: string, at = 1_000) {
    const removed = this.text.slice(start, start + length)
    this.text = this.text.slice(0, start) + text + this.text.slice(start + length)
    const event: EditEvent = {
      kind: 'document',
      file,
      at,
      reason: null,
      isDirty: true,
      changes: [{ start, removed, text }],
    }
    return this.tracking.take(event)
  }

  edit(start: number, length: number, text: string, context: EventContext = nothingKnown, at = 1_000): void {
    this.tracking.judge(this.take(start, length, text, at), context)
  }

  /** Line ranges and sources, as `2-7 Claude Code hook`. */
  get lines(): string[] {
    return this.tracking
      .linesOf(file, this.text)
      .map(({ startLine, endLine, source }) => `${startLine}-${endLine} ${source}`)
  }
}

describe('tracking of who wrote which lines', () => {
  it('labels what an agent inserted, blank lines within it included', () => {
    const edited = new Edited('import {}\n')
    edited.edit(10, 0, handler, byHook)
    assert.deepEqual(edited.lines, ['2-7 Claude Code hook'])
  })

  it('follows edits above, within and below', () => {
    const edited = new Edited('import {}\n')
    edited.edit(10, 0, handler, byHook)
    edited.edit(0, 0, '// above\n')
    edited.edit(edited.text.length, 0, '// below\n')
    assert.deepEqual(edited.lines, ['3-8 Claude Code hook'])
    const middle = edited.text.indexOf('  res.json')
    edited.edit(middle, 0, "  console.log('typed by hand')\n")
    assert.deepEqual(edited.lines, ['3-5 Claude Code hook', '8-9 Claude Code hook'])
  })

  it('loses lines that a person wrote anew', () => {
    const edited = new Edited('')
    edited.edit(0, 0, handler, byHook)
    const start = edited.text.indexOf('  const orders')
    edited.edit(start, '  const orders = await storage.getOrders()'.length, '  const orders = []')
    assert.deepEqual(edited.lines, ['1-1 Claude Code hook', '3-6 Claude Code hook'])
  })

  it('judges late: edits that came in the meantime move what was inserted', () => {
    const edited = new Edited('import {}\n')
    const taken = edited.take(10, 0, handler)
    edited.edit(0, 0, '// typed while the context was gathered\n')
    edited.tracking.judge(taken, byHook)
    assert.deepEqual(edited.lines, ['3-8 Claude Code hook'])
  })

  it('keeps nothing of an edit that a veto holds for', () => {
    const edited = new Edited('')
    edited.edit(0, 0, handler, { ...byHook, equalsHead: true })
    assert.deepEqual(edited.lines, [])
  })

  it('counts an edit for nothing that was taken up before everything was forgotten', () => {
    const edited = new Edited('')
    const taken = edited.take(0, 0, handler)
    edited.tracking.forget()
    edited.tracking.judge(taken, byHook)
    assert.deepEqual(edited.lines, [])
  })

  it('follows a rename of the file or of its folder, also while an edit waits', () => {
    const edited = new Edited('')
    edited.edit(0, 0, handler, byHook)
    const taken = edited.take(handler.length, 0, handler, 2_000)
    assert.deepEqual(edited.tracking.rename('src/routes', 'src/api'), ['src/api/orders.ts'])
    edited.tracking.judge(taken, byHook)
    const lines = edited.tracking.linesOf('src/api/orders.ts', edited.text)
    assert.deepEqual(
      lines.map(({ startLine, endLine }) => [startLine, endLine]),
      [
        [1, 6],
        [7, 12],
      ],
    )
    assert.deepEqual(edited.lines, [])
  })

  it('begins a file anew, once no edit waits for it', () => {
    const edited = new Edited('')
    const taken = edited.take(0, 0, handler)
    edited.tracking.forgetSettled()
    assert.equal(edited.tracking.has(file), true)
    edited.tracking.judge(taken, byHook)
    edited.tracking.forgetSettled()
    assert.equal(edited.tracking.has(file), false)
  })
})

describe('the store that tracking reads and writes', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'headroom-tracking-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('gives lines back to another window, also where they moved in the meantime', async () => {
    const edited = new Edited('import {}\n')
    edited.edit(10, 0, handler, byHook)
    await keepLines(root, edited.tracking.linesOf(file, edited.text), edited.text)
    const moved = `// one\n// two\n${edited.text}`
    const lines = await storedLines(root, file, moved)
    assert.deepEqual(
      lines.map(({ label, source, at, startLine, endLine }) => ({ label, source, at, startLine, endLine })),
      [{ label: 'ai-inserted', source: 'Claude Code hook', at: 1_000, startLine: 4, endLine: 9 }],
    )
    const next = new ProvenanceTracking()
    next.begin(file, moved, lines)
    assert.deepEqual(
      next.linesOf(file, moved).map(({ startLine, endLine }) => [startLine, endLine]),
      [[4, 9]],
    )
  })

  it('renews what it kept of one insertion, and leaves the others', async () => {
    const edited = new Edited('')
    edited.edit(0, 0, handler, byHook)
    await recordLines(root, [
      { file, source: 'Cursor hook', score: 1, at: 5, startLine: 1, endLine: 2, text: edited.text },
    ])
    for (let count = 0; count < 3; count += 1) {
      await keepLines(root, edited.tracking.linesOf(file, edited.text), edited.text)
    }
    const sources = (await storedLines(root, file, edited.text)).map(({ source }) => source)
    assert.deepEqual(sources.toSorted(), ['Claude Code hook', 'Cursor hook'])
  })

  it('holds no word of the code', async () => {
    const edited = new Edited('')
    edited.edit(0, 0, handler, byHook)
    await keepLines(root, edited.tracking.linesOf(file, edited.text), edited.text)
    const kept = readFileSync(join(root, '.headroom', 'attribution.json'), 'utf8')
    for (const word of ['ordersRouter', 'storage', 'getOrders', 'res.json']) {
      assert.equal(kept.includes(word), false, word)
    }
  })

  it('knows the hook that reported a file at that time, and nobody else', async () => {
    const record = { file, score: 1, startLine: 1, endLine: 2, text: handler }
    await recordLines(root, [
      { ...record, source: 'Claude Code hook', at: 10_000 },
      { ...record, source: 'external tool', at: 50_000 },
    ])
    assert.equal(await hookNear(root, file, 11_900), 'Claude Code hook')
    assert.equal(await hookNear(root, file, 12_100), null)
    assert.equal(await hookNear(root, 'src/other.ts', 10_000), null)
    assert.equal(await hookNear(root, file, 50_000), null)
  })

  it('leaves out what a hook has noted already about the change that comes', async () => {
    const before = handler.replaceAll('orders', 'items')
    const text = `${before}${handler}`
    const noted = { file, source: 'Claude Code hook', score: 1, at: 10_000, startLine: 7, endLine: 12, text }
    await recordLines(root, [noted, { ...noted, at: 1_000, startLine: 1, endLine: 6 }])
    const known = await storedLines(root, file, before, 10_300)
    assert.deepEqual(
      known.map(({ at, startLine, endLine }) => ({ at, startLine, endLine })),
      [{ at: 1_000, startLine: 1, endLine: 6 }],
    )
  })

  it('reads a broken store as an empty one', async () => {
    await recordLines(root, [
      { file, source: 'Cursor hook', score: 1, at: 5, startLine: 1, endLine: 2, text: handler },
    ])
    writeFileSync(join(root, '.headroom', 'attribution.json'), '{"schema":')
    assert.deepEqual(await storedLines(root, file, handler), [])
    assert.equal(await hookNear(root, file, 5), null)
  })
})
