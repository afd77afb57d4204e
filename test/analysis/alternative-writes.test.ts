import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { projectOf } from './temporary-project.ts'

const head = `const express = require('express')
const mongoose = require('mongoose')
const Wish = mongoose.model('Wish', new mongoose.Schema({ user: String, product: String, liked: Boolean, name: String }))
const app = express()
`

/** The rules that report something in a handler. */
function rulesIn(t: TestContext, body: string): string[] {
  const code = `${head}app.post('/wishes', async (req, res) => {\n${body}\n})\n`
  const root = projectOf(t, { 'app.js': code })
  return new Inspection(root).check({}).findings.map(({ rule }) => rule)
}

const instead: Readonly<Record<string, string>> = {
  'in the else of a check for null': `  const found = await Wish.findOneAndUpdate({ user: req.user }, { liked: true })
  if (found !== null) { res.json(found) } else { res.json(await new Wish({ user: req.user }).save()) }`,
  'where nothing was found': `  let found = await Wish.findOneAndUpdate({ user: req.user }, { liked: true })
  if (!found) { found = await Wish.create({ user: req.user }) }
  res.json(found)`,
}

for (const [what, body] of Object.entries(instead))
  test(`an insert instead of an update that changed nothing needs no transaction: ${what}`, (t) => {
    assert.ok(!rulesIn(t, body).includes('multi-write-without-transaction'))
  })

test('an insert besides an update does', (t) => {
  const body = `  const found = await Wish.findOneAndUpdate({ user: req.user }, { liked: true })
  if (found) { await Wish.create({ user: req.user }) }
  res.json(found)`
  assert.ok(rulesIn(t, body).includes('multi-write-without-transaction'))
})

const loop = (after: string): string => `  const rows = await Wish.find({ user: { $in: req.body.ids } })
  for (const row of rows) {
    if (matches(row.name, req.body.name)) {
      await Wish.updateOne({ _id: row._id }, { liked: true })
      ${after}
    }
  }
  res.end()`

test('a write after which the loop ends runs once', (t) => {
  assert.ok(!rulesIn(t, loop('break')).includes('write-in-loop'))
  assert.ok(!rulesIn(t, loop('return res.end()')).includes('write-in-loop'))
})

test('a write after which the loop goes on, or only an inner switch ends, does not', (t) => {
  assert.ok(rulesIn(t, loop('continue')).includes('write-in-loop'))
  assert.ok(rulesIn(t, loop("switch (row.name) { case 'a': break }")).includes('write-in-loop'))
})

const saved = (what: string): string => `  const parent = await Wish.findById(req.params.id)
  const existing = await Wish.findOne({ name: req.body.name })
  if (existing) return res.status(400).end()
  ${what}
  res.end()`

test('a parent that is saved after a check of the children is no insert', (t) => {
  assert.ok(!rulesIn(t, saved('parent.liked = true; await parent.save()')).includes('check-then-act'))
  assert.ok(rulesIn(t, saved('await new Wish({ name: req.body.name }).save()')).includes('check-then-act'))
})

const paged = (sort: string): string => `  const sort = {}
  sort[String(req.query.by)] = -1
  res.json(await Wish.find()${sort}.skip(20).limit(20))`

test('an order that is built up is not known, and none is none', (t) => {
  assert.ok(!rulesIn(t, paged('.sort(sort)')).includes('unstable-page-order'))
  assert.ok(rulesIn(t, paged('')).includes('unstable-page-order'))
})
