import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { projectOf } from './temporary-project.ts'

/** Whether an index is missed where reviews are read by their product. */
function isMissed(t: TestContext, options: string, after = '', where = 'product: req.params.id'): boolean {
  const root = projectOf(t, {
    'app.js': `const express = require('express')
const mongoose = require('mongoose')
const schema = new mongoose.Schema({ product: { type: mongoose.Schema.Types.ObjectId, ref: 'Product'${options} }, author: { type: mongoose.Schema.Types.ObjectId, ref: 'Author' }, text: String })
${after}
const Review = mongoose.model('Review', schema)
const app = express()
app.get('/reviews/:id', async (req, res) => {
  res.json(await Review.find({ ${where} }).limit(20))
})
`,
  })
  return new Inspection(root).check({}).findings.some(({ rule }) => rule === 'missing-index')
}

test('Mongoose makes the indexes that the schema declares, and no others', (t) => {
  assert.equal(isMissed(t, ''), true)
  assert.equal(isMissed(t, ', index: true'), false)
  assert.equal(isMissed(t, '', 'schema.index({ product: 1, text: 1 })'), false)
  assert.equal(isMissed(t, '', 'schema.index({ text: 1, product: 1 })'), true)
})

test('an index on another key of the query, or its leading columns, serves it', (t) => {
  const both = 'product: req.params.id, author: req.user.id'
  assert.equal(isMissed(t, '', 'schema.index({ author: 1, product: 1 })', both), false)
  assert.equal(isMissed(t, '', 'schema.index({ text: 1 })', `product: req.params.id, text: 'x'`), true)
})

test('a list of keys is followed by the keys of the others, which needs no index on the list', (t) => {
  const isListMissed = (where: string): boolean => {
    const root = projectOf(t, {
      'app.js': `const express = require('express')
const mongoose = require('mongoose')
const schema = new mongoose.Schema({ friends: [{ type: mongoose.Schema.Types.ObjectId, ref: 'User' }], name: String })
const User = mongoose.model('User', schema)
const app = express()
app.get('/users/:id', async (req, res) => {
  res.json(await User.find({ ${where} }).populate('friends').limit(20))
})
`,
    })
    return new Inspection(root).check({}).findings.some(({ rule }) => rule === 'missing-index')
  }
  assert.equal(isListMissed('name: req.params.id'), false)
  assert.equal(isListMissed('friends: req.params.id'), true)
})
