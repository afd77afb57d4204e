/** An application of many layers and libraries, where what a route does is decided in files far away from it. */
export const layeredProject: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'shop',
    dependencies: { express: '4.19.2', knex: '3.1.0', typeorm: '0.3.20', sequelize: '6.37.0' },
  }),
  'tsconfig.json': JSON.stringify({
    compilerOptions: { baseUrl: '.', paths: { '@lib/*': ['lib/*'], '@services': ['services/index'] } },
  }),
  'prisma/schema.prisma': `datasource db { provider = "postgresql" }
model User {
  id Int @id
  email String
  teamId Int
  team Team @relation(fields: [teamId], references: [id])
}
model Team { id Int @id; name String; users User[] }
`,
  'app.ts': `import express from 'express'
import { ordersRouter } from './routes/orders'
import usersRouter from './routes/users'
import { mountBooks } from './routes/books'
const app = express()
app.use(express.json())
app.use('/orders', ordersRouter)
app.use('/users', usersRouter)
mountBooks(app)
app.listen(3000)
`,
  'lib/db.ts': `import knex from 'knex'
import { PrismaClient } from '@prisma/client'
export const db = knex({ client: 'pg' })
export const prisma = new PrismaClient()
`,
  'lib/page.ts': `export function pageOf(query: { limit?: string }) {
  const limit = Math.min(Number(query.limit ?? 20), 100)
  return limit
}
export async function eachOf<T>(items: T[], work: (item: T) => Promise<unknown>) {
  for (const item of items) {
    await work(item)
  }
}
`,
  'lib/http.ts': `import axios from 'axios'
export const api = axios.create({ baseURL: 'https://example.com' })
export async function price(id: number) {
  const { data } = await api.get('/prices/' + id)
  return data
}
`,
  'routes/orders.ts': `import { Router } from 'express'
import { OrderController } from '../controllers/orders'
import { validate } from '../middleware/validate'
const controller = new OrderController()
export const ordersRouter = Router()
ordersRouter.get('/', controller.list)
ordersRouter.get('/:id', validate, controller.show)
ordersRouter.post('/', validate, async (req, res) => {
  res.json(await controller.make(req.body))
})
`,
  'middleware/validate.ts': `export function validate(req, res, next) {
  if (!req.body) return res.status(400).end()
  next()
}
`,
  'controllers/orders.ts': `import { orders } from '@services'
import { pageOf } from '@lib/page'
export class OrderController {
  list = async (req, res) => {
    const rows = await orders.page(pageOf(req.query))
    for (const row of rows) {
      row.items = await orders.itemsOf(row.id)
    }
    res.json(rows)
  }
  show = async (req, res) => {
    const row = await orders.one(req.params.id)
    res.json(row)
  }
  async make(body) {
    await orders.add(body)
    await orders.addItem(body.item)
    return { ok: true }
  }
}
`,
  'services/index.ts': `export * from './orders'
export { users } from './users'
`,
  'services/orders.ts': `import { OrderRepository } from '../repositories/orders'
import type { Orders } from './contract'
import { price } from '@lib/http'
class OrderService implements Orders {
  constructor(private readonly repository: OrderRepository) {}
  async page(limit: number) {
    return this.repository.all(limit)
  }
  async one(id: number) {
    const order = await this.repository.find(id)
    order.price = await price(order.id)
    return order
  }
  itemsOf(id: number) {
    return this.repository.items(id)
  }
  add(order) {
    return this.repository.insert(order)
  }
  addItem(item) {
    return this.repository.insertItem(item)
  }
}
export const orders: Orders = new OrderService(new OrderRepository())
`,
  'services/contract.ts': `export interface Orders {
  page(limit: number): Promise<any[]>
  one(id: number): Promise<any>
  itemsOf(id: number): Promise<any[]>
  add(order: unknown): Promise<unknown>
  addItem(item: unknown): Promise<unknown>
}
`,
  'repositories/base.ts': `import { db } from '@lib/db'
export abstract class Base {
  abstract table: string
  find(id: number) {
    return db(this.table).where({ id }).first()
  }
  all(limit: number) {
    return db(this.table).orderBy('id').limit(limit)
  }
}
`,
  'repositories/orders.ts': `import { db } from '@lib/db'
import { Base } from './base'
export class OrderRepository extends Base {
  table = 'orders'
  items(id: number) {
    return db('items').where({ order_id: id })
  }
  insert(order) {
    return db('orders').insert(order)
  }
  insertItem(item) {
    return db('items').insert(item)
  }
}
`,
  'routes/users.ts': `import express from 'express'
import { users } from '@services'
import { eachOf } from '../lib/page'
const router = express.Router()
router.get('/', async (req, res) => {
  const all = await users.all()
  res.json(all)
})
router.get('/teams', async (req, res) => {
  const all = await users.all()
  await eachOf(all, async (user) => {
    user.team = await users.teamOf(user.teamId)
  })
  res.json(all)
})
router.put('/:id', async (req, res) => {
  const user = await users.find(req.params.id)
  await users.save({ ...user, visits: user.visits + 1 })
  res.json(user)
})
export default router
`,
  'services/users.ts': `import { prisma } from '@lib/db'
export const users = {
  all() {
    return prisma.user.findMany()
  },
  teamOf(id: number) {
    return prisma.team.findFirst({ where: { id } })
  },
  find(id: string) {
    return prisma.user.findUnique({ where: { id: Number(id) } })
  },
  save(user) {
    return prisma.user.update({ where: { id: user.id }, data: user })
  },
}
`,
  'routes/books.js': `const { Book, Author } = require('../models/index')
const helper = require('../lib/cache')
exports.mountBooks = (app) => {
  app.get('/books', async (req, res) => {
    const books = await Book.findAll({ limit: Number(req.query.limit) })
    const full = await Promise.all(books.map((book) => withAuthor(book)))
    res.json(full)
  })
  app.post('/books', async (req, res) => {
    const found = await Book.findOne({ where: { isbn: req.body.isbn } })
    if (!found) await Book.create(req.body)
    helper.forget('books')
    res.json({})
  })
}
async function withAuthor(book) {
  book.author = await Author.findByPk(book.authorId)
  return book
}
`,
  'lib/cache.js': `const fs = require('fs')
const kept = {}
module.exports = {
  forget(name) { delete kept[name]; fs.writeFileSync('log', name) },
  keep(name, value) { kept[name] = value },
}
`,
  'models/index.js': `const { Sequelize, DataTypes } = require('sequelize')
const sequelize = new Sequelize('postgres://localhost/books')
const Book = sequelize.define('Book', { isbn: DataTypes.STRING, authorId: DataTypes.INTEGER })
const Author = sequelize.define('Author', { name: DataTypes.STRING })
Book.belongsTo(Author)
module.exports = { Book, Author, sequelize }
`,
  'nest/cats.controller.ts': `import { Controller, Get, Post, Body, Param } from '@nestjs/common'
import { CatsService } from './cats.service'
@Controller('cats')
export class CatsController {
  constructor(private readonly cats: CatsService) {}
  @Get()
  all() { return this.cats.all() }
  @Get(':id')
  one(@Param('id') id: string) { return this.cats.withOwner(id) }
  @Post()
  add(@Body() body: any) { return this.cats.add(body) }
}
`,
  'nest/cats.service.ts': `import { Injectable, Inject } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Repository } from 'typeorm'
import { Cat } from './cat.entity'
import { OWNERS } from './tokens'
@Injectable()
export class CatsService {
  constructor(
    @InjectRepository(Cat) private readonly cats: Repository<Cat>,
    @Inject(OWNERS) private readonly owners,
  ) {}
  all() { return this.cats.find({ relations: { toys: true } }) }
  async withOwner(id: string) {
    const cat = await this.cats.findOneBy({ id: Number(id) })
    return { ...cat, owner: await this.owners.named(cat.owner) }
  }
  async add(body) {
    for (const cat of body.cats) {
      await this.cats.save(cat)
    }
  }
}
`,
  'nest/cat.entity.ts': `import { Entity, PrimaryGeneratedColumn, Column, OneToMany, ManyToOne } from 'typeorm'
@Entity()
export class Cat {
  @PrimaryGeneratedColumn() id: number
  @Column() owner: string
  @OneToMany(() => Toy, (toy) => toy.cat) toys: Toy[]
}
@Entity()
export class Toy {
  @PrimaryGeneratedColumn() id: number
  @ManyToOne(() => Cat, (cat) => cat.toys) cat: Cat
}
`,
  'nest/tokens.ts': `export const OWNERS = 'OWNERS'
`,
  'nest/owners.ts': `import { users } from '../services/users'
export class Owners {
  named(name: string) { return users.all() }
}
`,
  'nest/cats.module.ts': `import { Module } from '@nestjs/common'
import { CatsController } from './cats.controller'
import { CatsService } from './cats.service'
import { Owners } from './owners'
import { OWNERS } from './tokens'
@Module({ controllers: [CatsController], providers: [CatsService, { provide: OWNERS, useClass: Owners }] })
export class CatsModule {}
`,
  'trpc/trpc.ts': `import { initTRPC } from '@trpc/server'
import { prisma } from '@lib/db'
export const createContext = () => ({ prisma })
const t = initTRPC.context<typeof createContext>().create()
export const router = t.router
export const procedure = t.procedure
`,
  'trpc/root.ts': `import { router, procedure } from './trpc'
import { users } from '@services'
export const appRouter = router({
  users: procedure.query(({ ctx }) => ctx.prisma.user.findMany()),
  teams: procedure.query(async () => {
    const all = await users.all()
    return Promise.all(all.map((user) => users.teamOf(user.teamId)))
  }),
})
`,
  'api/server.ts': `import Fastify from 'fastify'
import { plugin } from './plugin'
const fastify = Fastify()
fastify.decorate('store', { list: () => ['a'], find: async (id) => id })
fastify.register(plugin, { prefix: '/api' })
fastify.listen({ port: 1 })
`,
  'api/plugin.ts': `import { MongoClient } from 'mongodb'
import { Note } from './note'
export async function plugin(fastify, options) {
  fastify.get('/notes', async (request, reply) => {
    const notes = await Note.find()
    for (const note of notes) await fastify.store.find(note.id)
    return notes
  })
  fastify.post('/notes', async (request) => {
    await Note.create(request.body)
    return fastify.store.list()
  })
}
`,
  'api/note.ts': `import mongoose from 'mongoose'
const schema = new mongoose.Schema({ text: String, author: { type: mongoose.Types.ObjectId, ref: 'User' } })
export const Note = mongoose.model('Note', schema)
`,
  'globals.ts': `function everywhere(id) { return fetch('/everywhere/' + id) }
`,
  'lib/circle-a.ts': `import { second } from './circle-b'
export async function first(list) { return second(list.map((each) => first(each))) }
`,
  'lib/circle-b.ts': `import { first } from './circle-a'
import { users } from '@services'
export async function second(list) { await everywhere(1); await users.all(); return list.length ? first(list) : list }
`,
  'routes/circle.ts': `import { ordersRouter } from './orders'
import { first } from '../lib/circle-a'
ordersRouter.get('/circle', async (req, res) => res.json(await first(req.query.list)))
`,
}
