import type { FrameworkExample } from '../framework.ts'

/** Code in which the Express adapter must find routes. */
export const expressExamples: readonly FrameworkExample[] = [
  {
    files: {
      'app.ts': `import express from 'express'
import { users } from './users.js'
const app = express()
app.get('/health', (req, res) => { res.send('ok') })
app.use('/api/users', users)
`,
      'users.ts': `import { Router } from 'express'
export const users = Router()
const list = async (req, res) => { res.json([]) }
users.get('/', list)
users.route('/:id(\\\\d+)').all(authenticate).get(authenticate, list).delete(list)
function authenticate(req, res, next) { next() }
`,
    },
    routes: ['GET /health', 'GET /api/users', 'GET /api/users/:id', 'DELETE /api/users/:id'],
  },
  {
    files: {
      'index.js': `const express = require('express')
const app = express()
const wrap = (fn) => (req, res, next) => fn(req, res, next).catch(next)
app.use('/v1', require('./routes'))
app.post('/login', wrap(async (req, res) => res.json({})))
`,
      'routes/index.js': `const router = require('express').Router()
router.all(['/a', '/b'], (req, res) => res.end())
module.exports = router
`,
    },
    routes: ['POST /login', 'ALL /v1/a', 'ALL /v1/b'],
  },
  {
    files: {
      'server.ts': `import { App } from './app'
import { AuthRoute, UserRoute } from './routes'
new App([new UserRoute(), new AuthRoute()])
`,
      'app.ts': `import express from 'express'
import type { Routes } from './routes'
export class App {
  public app: express.Application
  constructor(routes: Routes[]) {
    this.app = express()
    this.initializeRoutes(routes)
  }
  private initializeRoutes(routes: Routes[]) {
    routes.forEach((route) => { this.app.use('/api', route.router) })
  }
}
`,
      'routes.ts': `import { Router } from 'express'
export interface Routes { path?: string; router: Router }
class UserController { getUsers = async (req, res) => { res.json([]) } }
export class UserRoute implements Routes {
  public path = '/users'
  public router = Router()
  public users = new UserController()
  constructor() { this.initializeRoutes() }
  private initializeRoutes() {
    this.router.get(\`\${this.path}\`, this.users.getUsers)
    this.router.get(\`\${this.path}/:id\`, this.users.getUsers.bind(this.users))
  }
}
export class AuthRoute implements Routes {
  public router = Router()
  constructor() { this.router.post('/login', (req, res) => { res.json({}) }) }
}
`,
    },
    routes: ['GET /api/users', 'GET /api/users/:id', 'POST /api/login'],
  },
  {
    files: {
      'broker.ts': `export abstract class RouterBroker {
  public routerPath(path: string, param = true) {
    let route = '/' + path
    param ? (route += '/:instanceName') : null
    return route
  }
}
`,
      'chat.ts': `import { RequestHandler, Router } from 'express'
import { RouterBroker } from './broker'
export class ChatRouter extends RouterBroker {
  constructor(...guards: RequestHandler[]) {
    super()
    this.router
      .post(this.routerPath('find'), ...guards, async (req, res) => { res.json({}) })
      .get(this.routerPath('all', false), async (req, res) => { res.json({}) })
  }
  public readonly router: Router = Router()
}
`,
      'index.ts': `import express, { Router } from 'express'
import { ChatRouter } from './chat'
const guard = (req, res, next) => next()
enum Paths { Chat = '/chat' }
const router: Router = Router()
router.use((req, res, next) => next()).use(Paths.Chat, new ChatRouter(...[guard]).router)
express().use('/', router)
`,
    },
    routes: ['POST /chat/find/:instanceName', 'GET /chat/all'],
  },
  {
    files: {
      'index.ts': `import express from 'express'
import { registerRoutes } from './routes'
const app = express()
registerRoutes(app)
`,
      'routes.ts': `import type { Express, Router as ExpressRouter } from 'express'
import { Router } from 'express'
import { users, posts } from './services'
const prefix = process.env.API_PREFIX || '/api'
export function registerRoutes(app: Express) {
  const defaults = [{ path: '/users', route: crud(users) }, { path: '/posts', route: crud(posts) }]
  defaults.forEach(({ path, route }) => app.use(prefix + path, route))
  for (const name of ['a', 'b']) app.get(\`\${prefix}/\${name}\`, (req, res) => { res.end() })
}
function crud(service): ExpressRouter {
  const router = Router()
  router.get('/', async (req, res) => { res.json(await service.list()) })
  return router
}
`,
      'services.ts': `export const users = { list: async () => [] }\nexport const posts = { list: async () => [] }\n`,
    },
    routes: ['GET /api/users', 'GET /api/posts', 'GET /api/a', 'GET /api/b'],
  },
  {
    files: {
      'index.js': `const app = require('express')()
require('./routes')(app)
`,
      'routes.js': `const controller = require('./controller')
module.exports = (app) => {
  const router = require('express').Router({ mergeParams: true })
  router.post('/', controller.create)
  app.use('/api/tutorials', router)
}
`,
      'controller.js': `exports.create = (req, res) => { res.send({}) }\n`,
    },
    routes: ['POST /api/tutorials'],
  },
]
