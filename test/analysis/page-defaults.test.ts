import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { foundLines } from './found-lines.ts'

const controller = (
  parameter: string,
): string => `import { Controller, Get, ParseIntPipe, DefaultValuePipe, Query } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Repository } from 'typeorm'
import { Memo } from './memo.entity'

@Controller('memos')
export class MemoController {
  constructor(@InjectRepository(Memo) private readonly memos: Repository<Memo>) {}

  @Get()
  list(${parameter}) {
    return this.memos.find({ order: { id: 'DESC' }, take: limit })
  }
}
`
const entity = `import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'

@Entity()
export class Memo {
  @PrimaryGeneratedColumn() id: number
  @Column() text: string
}
`

function found(t: TestContext, parameter: string): [unbounded: number, uncapped: number] {
  const files = { 'memo.controller.ts': controller(parameter), 'memo.entity.ts': entity }
  return [
    foundLines(t, 'unbounded-result-set', files).length,
    foundLines(t, 'uncapped-page-size', files).length,
  ]
}

test('a limit that a pipe demands, or that has a default, is there for every request', (t) => {
  assert.deepEqual(found(t, "@Query('limit', ParseIntPipe) limit: number"), [0, 1])
  assert.deepEqual(found(t, "@Query('limit', new DefaultValuePipe(20)) limit: number"), [0, 1])
  assert.deepEqual(found(t, "@Query('limit') limit = 20"), [0, 1])
})

test('a limit that may be left out is missing where it is', (t) => {
  assert.deepEqual(found(t, "@Query('limit') limit: number"), [1, 1])
  assert.deepEqual(found(t, "@Query('limit', new ParseIntPipe({ optional: true })) limit?: number"), [1, 1])
})

const koa = (middleware: string): Readonly<Record<string, string>> => ({
  'app.js': `const Koa = require('koa')
const Router = require('@koa/router')
const knex = require('knex')
const pager = require('./pager')

const db = knex({ client: 'pg' })
const router = new Router()
router.get('/posts', async (ctx) => {
  const { limit } = ctx.query
  ctx.body = await db('posts').orderBy('id').limit(limit)
})
const app = new Koa()
app.use(pager).use(router.routes())
`,
  'pager.js': `module.exports = (ctx, next) => {
  const { query } = ctx
  ${middleware}
  return next()
}
`,
})

function foundBehind(t: TestContext, middleware: string): [unbounded: number, uncapped: number] {
  const files = koa(middleware)
  return [
    foundLines(t, 'unbounded-result-set', files).length,
    foundLines(t, 'uncapped-page-size', files).length,
  ]
}

test('middleware may give a limit its default, or its maximum', (t) => {
  assert.deepEqual(foundBehind(t, ''), [1, 1])
  assert.deepEqual(foundBehind(t, 'query.limit = parseInt(query.limit, 10) || 20'), [0, 1])
  assert.deepEqual(foundBehind(t, 'query.limit = Math.min(Number(query.limit) || 20, 100)'), [0, 0])
})

test('a schema of an answer isn’t one of what clients ask for', (t) => {
  const sizes = (fields: string): string[] =>
    foundLines(t, 'uncapped-page-size', {
      'app.ts': `import express from 'express'
import { z } from 'zod'
const pageSchema = z.object({
  page: z.number(),
  limit: z.number(),
  ${fields}
})
const app = express()
app.get('/', (req, res) => res.json(pageSchema.parse(req.query)))
`,
    })
  assert.deepEqual(sizes(''), ['limit: z.number(),'])
  assert.deepEqual(sizes('totalItems: z.number()'), [])
  assert.deepEqual(sizes('data: z.array(z.string())'), [])
})
