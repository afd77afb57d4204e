import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nest } from '../../src/analysis/typescript/frameworks/nest.ts'
import { inputsOf, queriesOf, routesOf } from './framework-probe.ts'

const main = `import { NestFactory } from '@nestjs/core'
import { ValidationPipe } from '@nestjs/common'
const app = await NestFactory.create(AppModule)
`

test('Nest: a prefix counts for the application it is set in, and is read from its configuration', () => {
  const files = {
    'apps/api/src/main.ts': `${main}app.setGlobalPrefix(config.getOrThrow('app.prefix', { infer: true }))\n`,
    'apps/api/src/config/app.config.ts': `import { registerAs } from '@nestjs/config'
export default registerAs('app', () => { check(); return { prefix: process.env.PREFIX || 'v0' } })\n`,
    'apps/api/src/users.controller.ts': `import { Controller, Get } from '@nestjs/common'
@Controller(['users', 'people']) export class Users { @Get() list() {} }\n`,
    'apps/jobs/src/main.ts': main,
    'apps/jobs/src/jobs.controller.ts': `import { Controller, Get } from '@nestjs/common'
@Controller('jobs') export class Jobs { @Get(':id(\\\\d+)') one() {} }\n`,
  }
  assert.deepEqual(routesOf(nest, files), ['GET /v0/users', 'GET /v0/people', 'GET /jobs/:id'])
})

test('Nest: decorators of other packages and plain classes are no routes', () => {
  const files = {
    'a.ts': `import { Controller, Get } from './decorators'\n@Controller('a') class A { @Get() list() {} }\n`,
    'b.ts': `import { Get } from '@nestjs/common'\nclass B { @Get() list() {} }\n`,
    'decorators.ts': `export const Controller = (path) => () => {}\nexport const Get = () => () => {}\n`,
  }
  assert.deepEqual(routesOf(nest, files), [])
})

test('Nest: versions stand in the path only where URI versioning is enabled', () => {
  const controller = `import { Controller, Get } from '@nestjs/common'
@Controller({ path: 'cats', version: '2' }) class Cats { @Get() list() {} }\n`
  const withVersioning = (options: string): string[] =>
    routesOf(nest, { 'main.ts': `${main}app.enableVersioning(${options})\n`, 'cats.ts': controller })
  assert.deepEqual(withVersioning(''), ['GET /v2/cats'])
  assert.deepEqual(withVersioning(`{ type: VersioningType.URI, prefix: 'version-' }`), [
    'GET /version-2/cats',
  ])
  assert.deepEqual(withVersioning(`{ type: VersioningType.HEADER, header: 'v' }`), ['GET /cats'])
  assert.deepEqual(routesOf(nest, { 'main.ts': main, 'cats.ts': controller }), ['GET /cats'])
})

test('Nest: what a handler reads of the request, and what it was checked against', () => {
  const files = {
    'main.ts': `${main}app.useGlobalPipes(new ValidationPipe())\n`,
    'dto.ts': `export class PageDto { limit?: number }\n`,
    'users.controller.ts': `import { Body, Controller, Get, Param, Query, Req } from '@nestjs/common'
import { PageDto } from './dto'
@Controller('users') class Users {
  @Get() list(@Query() page: PageDto, @Query('sort') sort: string, @Body() { name }: PageDto, @Param('id') id: string, @Req() req) {
    read(page.limit, sort, name, id, req.query.all, req.user)
  }
}\n`,
  }
  assert.deepEqual(inputsOf(nest, files), [
    'page.limit: query.limit PageDto',
    'sort: query.sort',
    'name: body.name PageDto',
    'id: parameters.id',
    'req.query.all: query.all',
    'req.user: none',
  ])
})

test('Nest: without a validating pipe a class checks nothing; a pipe with a schema checks that', () => {
  const files = {
    'users.controller.ts': `import { Body, Controller, Post, UsePipes, ValidationPipe } from '@nestjs/common'
import { z } from 'zod'
import { ZodPipe } from './zod-pipe'
class Dto { name: string }
const schema = z.object({ name: z.string() })
@Controller('users') class Users {
  @Post('a') a(@Body() plain: Dto) { read(plain) }
  @Post('b') b(@Body(new ZodPipe(schema)) parsed: Dto) { read(parsed) }
  @Post('c') @UsePipes(ValidationPipe) c(@Body() checked: Dto) { read(checked) }
}\n`,
  }
  assert.deepEqual(inputsOf(nest, files), ['plain: body', 'parsed: body z.object', 'checked: body Dto'])
})

test('Nest: calls are followed through injected services and repositories behind tokens and abstract classes', () => {
  const files = {
    'db.ts': `import { knex } from 'knex'\nexport const db = knex({ client: 'pg' })\n`,
    'users.ts': `import { Body, Controller, Get, Inject, Injectable, Module } from '@nestjs/common'
import { db } from './db'
export abstract class UserRepository { abstract findAll(): Promise<unknown[]> }
class KnexUsers extends UserRepository { findAll() { return db('users') } }
class OtherUsers extends UserRepository { findAll() { return db('others') } }
interface Audit { record(): Promise<void> }
class DatabaseAudit implements Audit { async record() { await db('audits').insert({}) } }
@Injectable() class Users {
  constructor(private readonly repository: UserRepository, @Inject('AUDIT') private readonly audit: Audit) {}
  async all() { await this.audit.record(); return this.repository.findAll() }
}
@Controller('users') class UsersController {
  @Inject() private readonly users: Users
  @Get() list() { return this.users.all() }
}
@Module({ providers: [{ provide: UserRepository, useClass: KnexUsers }, { provide: 'AUDIT', useClass: DatabaseAudit }] })
class UsersModule {}\n`,
  }
  assert.deepEqual(queriesOf(nest, files), ['GET /users: audits', 'GET /users: users'])
})
