import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CallGraph } from '../../src/analysis/typescript/call-graph.ts'
import { express } from '../../src/analysis/typescript/frameworks/express.ts'
import { Program } from '../../src/analysis/typescript/program.ts'
import { Resolver } from '../../src/analysis/typescript/resolver.ts'

const head = `import express from 'express'
import { knex } from 'knex'
export const db = knex({ client: 'pg' })
`
const route = (body: string): string =>
  `const app = express()\napp.get('/', async (req, res) => { ${body} })\n`

/** The tables of the queries that the only route reaches, and how many loops stand around each. */
function reached(files: Readonly<Record<string, string>>): string[] {
  const program = new Program()
  program.update(new Map(Object.entries(files)))
  const resolver = new Resolver(program)
  const graph = new CallGraph(resolver)
  const traces = express
    .routes(program, resolver)
    .flatMap(({ functions }) => functions.flatMap((fn) => graph.traces(fn)))
  return traces.map(({ query, steps }) => {
    const loops = steps.flatMap((step) => step.loops).length
    return `${query.table}${'*'.repeat(loops)}`
  })
}

interface Case {
  readonly files: Readonly<Record<string, string>>
  /** Tables in the order of the calls; a star for each loop around the query. */
  readonly tables: readonly string[]
}

const cases: Readonly<Record<string, Case>> = {
  'a service injected into a constructor as a parameter property': {
    files: {
      'app.ts': `${head}
class Users { async list() { return db('users') } }
class Service { constructor(private readonly users: Users) {} all() { return this.users.list() } }
${route('res.json(await new Service(new Users()).all())')}`,
    },
    tables: ['users'],
  },
  'a property that the constructor assigns, without types': {
    files: {
      'app.js': `${head}
class Users { async list() { return db('users') } }
class Service { constructor(users) { this.users = users } all() { return this.users.list() } }
const service = new Service(new Users())
${route('res.json(await service.all())')}`,
    },
    tables: ['users'],
  },
  'a repository that inherits its method from a generic base class': {
    files: {
      'base.ts': `import { db } from './app'
export abstract class BaseRepository<T> {
  protected abstract readonly table: string
  async findAll(): Promise<T[]> { return this.load() }
  protected abstract load(): Promise<T[]>
}`,
      'app.ts': `${head}
import { BaseRepository } from './base'
class UserRepository extends BaseRepository<{ id: number }> { table = 'users'; load() { return db('users') } }
class PostRepository extends BaseRepository<{ id: number }> { table = 'posts'; load() { return db('posts') } }
const users = new UserRepository()
${route('res.json(await users.findAll())')}`,
    },
    tables: ['users'],
  },
  'an interface with one implementation per set-up: the constructed one counts': {
    files: {
      'storage.ts': `import { db } from './app'
export interface Storage { list(): Promise<unknown[]> }
export class MemoryStorage implements Storage { async list() { return [] } }
export class DatabaseStorage implements Storage { async list() { return db('users') } }
export const storage: Storage = new DatabaseStorage()`,
      'app.ts': `${head}import { storage } from './storage'\n${route('res.json(await storage.list())')}`,
    },
    tables: ['users'],
  },
  'an object literal of functions, typed by an interface': {
    files: {
      'service.ts': `import { db } from './app'
interface UserService { list(): Promise<unknown[]>; one(id: number): Promise<unknown> }
const list = async () => db('users')
export const userService: UserService = { list, one: (id) => db('user').where({ id }).first() }`,
      'app.ts': `${head}import { userService } from './service'\n${route('res.json([await userService.list(), await userService.one(1)])')}`,
    },
    tables: ['users', 'user'],
  },
  'a factory function that returns functions': {
    files: {
      'service.ts': `export function createService(db): { list(): Promise<unknown[]> } { return { list: async () => db('users') } }`,
      'app.ts': `${head}import { createService } from './service'
const service = createService(db)
${route('res.json(await service.list())')}`,
    },
    tables: ['users'],
  },
  'an async factory': {
    files: {
      'app.ts': `${head}
class Users { async list() { return db('users') } }
async function usersOf(): Promise<Users> { return new Users() }
${route('const users = await usersOf(); res.json(await users.list())')}`,
    },
    tables: ['users'],
  },
  'barrels: export *, renamed and default exports': {
    files: {
      'services/users.ts': `import { db } from '../app'\nexport async function list() { return db('users') }`,
      'services/posts.ts': `import { db } from '../app'\nexport default async function () { return db('posts') }`,
      'services/tags.ts': `import { db } from '../app'\nclass Tags { list() { return db('tags') } }\nexport default new Tags()`,
      'services/index.ts': `export * from './users'\nexport { default as posts } from './posts'\nexport { default as tags } from './tags'\nexport * as all from './users'`,
      'app.ts': `${head}import { all, list, posts, tags } from './services'
${route('res.json([await list(), await posts(), await tags.list(), await all.list()])')}`,
    },
    tables: ['users', 'posts', 'tags', 'users'],
  },
  'static methods, and a singleton through getInstance': {
    files: {
      'users.js': `import { db } from './app'
export class Users {
  static instance
  static getInstance() { if (!Users.instance) { Users.instance = new Users() } return Users.instance }
  static async count() { return db('counts') }
  async list() { return db('users') }
}`,
      'app.js': `${head}import { Users } from './users'
${route('await Users.count(); res.json(await Users.getInstance().list())')}`,
    },
    tables: ['counts', 'users'],
  },
  'containers that are given a class: typedi, tsyringe': {
    files: {
      'services.ts': `import { Service } from 'typedi'
import { db } from './app'
@Service() export class Users { list() { return db('users') } }
export class Posts { list() { return db('posts') } }`,
      'app.ts': `${head}
import { Container } from 'typedi'
import { container } from 'tsyringe'
import { Posts, Users } from './services'
class Controller { users = Container.get(Users); list = async (req, res) => { res.json([await this.users.list(), await container.resolve(Posts).list()]) } }
const controller = new Controller()
const app = express()
app.get('/', controller.list)`,
    },
    tables: ['users', 'posts'],
  },
  'a container with registered names: awilix': {
    files: {
      'app.ts': `${head}
import { asClass, createContainer } from 'awilix'
class Users { list() { return db('users') } }
const container = createContainer()
container.register({ users: asClass(Users).singleton() })
${route("res.json(await container.resolve('users').list(), container.cradle.users.list())")}`,
    },
    tables: ['users', 'users'],
  },
  'a provider for an injection token': {
    files: {
      'users.ts': `import { db } from './app'
export const USERS = Symbol('users')
export interface UserStore { list(): Promise<unknown[]> }
export class DatabaseUsers implements UserStore { list() { return db('users') } }
export class FakeUsers implements UserStore { list() { return db('fakes') } }
export const providers = [{ provide: USERS, useClass: DatabaseUsers }]`,
      'app.ts': `${head}
import { Inject } from '@nestjs/common'
import { USERS, type UserStore } from './users'
class Service {
  @Inject(USERS) private readonly again: UserStore
  constructor(@Inject(USERS) private readonly users: UserStore) {}
  async all() { await this.again.list(); return this.users.list() }
}
declare const service: Service
${route('res.json(await service.all())')}`,
    },
    tables: ['users', 'users'],
  },
  'a named function handed to map': {
    files: {
      'app.ts': `${head}
const enrich = async (user) => ({ ...user, posts: await db('posts').where({ author: user.id }) })
${route("const users = await db('users'); res.json(await Promise.all(users.map(enrich)))")}`,
    },
    tables: ['users', 'posts*'],
  },
  'callbacks handed to helpers of the project, each only to its own caller': {
    files: {
      'map.ts': `export async function mapAsync(items, fn) { const out = []; for (const item of items) out.push(await fn(item)); return out }
export const inParallel = (items, fn) => Promise.all(items.map(fn))
export const handOn = (items, run) => mapAsync(items, run)`,
      'app.ts': `${head}import { handOn, inParallel, mapAsync } from './map'
const enrich = async (user) => db('posts').where({ author: user.id })
export const other = (ids) => mapAsync(ids, (id) => db('others').where({ id }))
${route("const users = await db('users'); await mapAsync(users, enrich); await inParallel(users, async (user) => db('tags').where({ user: user.id })); res.json(await handOn(users, (user) => db('likes').where({ user })))")}`,
    },
    tables: ['users', 'posts*', 'tags*', 'likes*'],
  },
  'a helper that only keeps its callback: the callback counts where it is written': {
    files: {
      'app.ts': `${head}
const later = []
const defer = (fn) => { later.push({ fn }) }
${route("defer(async () => db('users')); res.end()")}`,
    },
    tables: ['users'],
  },
  'functions that return functions, and wrappers of the project and of packages': {
    files: {
      'app.ts': `${head}import { cache } from 'react'
const loader = (table) => async () => db('users')
const load = loader('users')
const timed = (fn) => async (...args) => { await db('timings'); return fn(...args) }
const posts = timed(async () => db('posts'))
const tags = cache(async () => db('tags'))
${route('res.json([await load(), await posts(), await tags()])')}`,
    },
    tables: ['users', 'timings', 'posts', 'tags'],
  },
  'dynamic imports': {
    files: {
      'users.ts': `import { db } from './app'\nexport async function list() { return db('users') }\nexport default { one: () => db('user').first() }`,
      'app.ts': `${head}
${route("const { list } = await import('./users'); const users = await import('./users'); res.json([await list(), await users.list(), await users.default.one()])")}`,
    },
    tables: ['users', 'users', 'user'],
  },
  'destructured services and a getter': {
    files: {
      'app.ts': `${head}
class Rows { list() { return db('users') } }
class Users { get rows() { return new Rows() } list() { return this.rows.list() } }
const services = { users: new Users(), posts: { list: async () => db('posts') } }
const { posts } = services
const { list } = posts
${route('const { users } = services; res.json([await users.list(), await list()])')}`,
    },
    tables: ['users', 'posts'],
  },
  'a service handed to a function without types': {
    files: {
      'routes.js': `export function register(app, { users }) { app.get('/', async (req, res) => res.json(await users.list())) }`,
      'app.js': `${head}import { register } from './routes'
class Users { list() { return db('users') } }
const app = express()
register(app, { users: new Users() })`,
    },
    tables: ['users'],
  },
  'a type made from what a function returns': {
    files: {
      'context.ts': `import { db } from './app'
export async function createContext() { return { store: { list: async () => db('users') }, db } }
export type Context = Awaited<ReturnType<typeof createContext>>`,
      'app.ts': `${head}import type { Context } from './context'
async function list(context: Context) { await context.store.list(); return context.db('posts') }
${route('res.json(await list(req.context))')}`,
    },
    tables: ['users', 'posts'],
  },
  'a class from a dynamic import, callbacks in options, and a promise made by hand': {
    files: {
      'users.ts': `import { db } from './app'\nexport class Users { list() { return db('users') } }`,
      'app.ts': `${head}
const validate = async ({ execute }) => execute()
${route("const { Users } = await import('./users'); const users = new Users(); await validate({ execute: () => users.list() }); await new Promise((resolve) => db('posts').then(resolve))")}`,
    },
    tables: ['users', 'posts'],
  },
  'a set-up that is chosen when the application starts: by a factory, or in a variable': {
    files: {
      'app.ts': `${head}
interface Store { list(): Promise<unknown[]> }
class MemoryStore implements Store { async list() { return [] } }
class DatabaseStore implements Store { async list() { return db('users') } }
class CachedStore implements Store { async list() { return db('cached') } }
function storeOf(kind: string): Store { if (kind === 'memory') return new MemoryStore(); return new DatabaseStore() }
let chosen: Store | null = null
if (process.env.MEMORY) chosen = new MemoryStore()
else chosen = new CachedStore()
let late: DatabaseStore | null = null
const lateOf = () => { late ??= new DatabaseStore(); return late }
const store = storeOf('database')
${route('res.json([await store.list(), await chosen.list(), await lateOf().list()])')}`,
    },
    tables: ['users', 'cached', 'users'],
  },
  'an object that is spread into itself': {
    files: {
      'app.ts': `${head}
let services = { users: { list: async () => db('users') } }
services = { ...services, name: 'all' }
${route('res.json([await services.users.list(), await services.missing.list()])')}`,
    },
    tables: ['users'],
  },
  'classes that extend each other, and a mixin': {
    files: {
      'app.ts': `${head}
class Loop extends Other { list() { return this.missing() } }
class Other extends Loop {}
const mixin = (Base) => class extends Base { count() { return db('counts') } }
class Users extends mixin(Object) { list() { return db('users') } }
${route('await new Loop().list(); res.json(await new Users().list())')}`,
    },
    tables: ['users'],
  },
  'recursion, which is a loop that ends': {
    files: {
      'app.ts': `${head}
async function walk(id) { const children = await db('nodes').where({ parent: id }); for (const child of children) await walk(child.id); return children }
${route('res.json(await walk(1))')}`,
    },
    tables: ['nodes', 'nodes*'],
  },
}

for (const [name, { files, tables }] of Object.entries(cases)) {
  test(`calls are followed through ${name}`, () => {
    assert.deepEqual(reached(files), tables)
  })
}
