import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { repositoryText, serviceText, typesText } from './data-layers.ts'
import { dialectOf, dialects } from './dialects.ts'
import { mapperText, policyText, reportText } from './logic-layers.ts'
import { type Column, forColumns, type Resource, resources } from './resource.ts'
import { controllerText, routerText, routesEach, schemaText } from './web-layers.ts'

/** A file of the generated application, its path with forward slashes. */
export interface GeneratedFile {
  readonly path: string
  readonly text: string
}

const layers = {
  router: routerText,
  controller: controllerText,
  service: serviceText,
  repository: repositoryText,
  model: (resource: Resource) => dialectOf(resource).model(resource),
  types: typesText,
  schema: schemaText,
  mapper: mapperText,
  policy: policyText,
  report: reportText,
}

const healthPaths = ['/health', '/ready', '/version']

/** How many routes the generated application has. */
export const routeCount: number = resources.length * routesEach + healthPaths.length

/** The source files of an Express application with six ORMs, exactly a thousand and the same in every run. */
export function sourceFiles(): readonly GeneratedFile[] {
  const shared = [
    { path: 'src/app.ts', text: appText },
    { path: 'src/server.ts', text: serverText },
    { path: 'src/routes.ts', text: routesText() },
    { path: 'src/errors.ts', text: errorsText },
    ...dialects.map(({ id, connection }) => ({ path: `src/db/${id}.ts`, text: connection })),
  ]
  return [...shared, ...resources.flatMap(filesOf)]
}

/** Writes the application with its manifest, configuration and schema into a folder. */
export async function writeRepository(folder: string): Promise<readonly GeneratedFile[]> {
  const sources = sourceFiles()
  for (const { path, text } of [...sources, ...settings()]) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return sources
}

function filesOf(resource: Resource): GeneratedFile[] {
  const folder = `src/modules/${resource.area}/${resource.noun}`
  return Object.entries(layers).map(([layer, text]) => ({
    path: `${folder}/${resource.noun}.${layer}.ts`,
    text: text(resource),
  }))
}

function settings(): GeneratedFile[] {
  const packages = ['express', 'zod', ...dialects.flatMap((dialect) => dialect.packages)]
  const versions: Readonly<Record<string, string>> = { express: '^4.21.2' }
  const dependencies = Object.fromEntries([...new Set(packages)].map((name) => [name, versions[name] ?? '*']))
  const compilerOptions = {
    target: 'ES2022',
    module: 'CommonJS',
    esModuleInterop: true,
    experimentalDecorators: true,
    outDir: 'dist',
  }
  return [
    { path: 'package.json', text: JSON.stringify({ name: 'generated', private: true, dependencies }) },
    { path: 'tsconfig.json', text: JSON.stringify({ compilerOptions, include: ['src'] }) },
    { path: 'prisma/schema.prisma', text: prismaSchema() },
  ]
}

function prismaSchema(): string {
  const kinds: Readonly<Record<Column['kind'], string>> = {
    string: 'String',
    number: 'Int',
    boolean: 'Boolean',
    Date: 'DateTime',
  }
  const models = resources
    .filter((resource) => dialectOf(resource).id === 'prisma')
    .map(
      (resource) => `model ${resource.type} {
  id Int @id @default(autoincrement())
  parentId Int
  createdAt DateTime @default(now())
${forColumns(resource, ({ name, kind }) => `  ${name} ${kinds[kind]}`)}
  @@index([parentId])
}
`,
    )
  return `datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

generator client {
  provider = "prisma-client-js"
}

${models.join('\n')}`
}

const appText = `import express from 'express'
import { mountRoutes } from './routes'

export const app = express()
app.use(express.json())

${healthPaths.map((path) => `app.get('${path}', (_req, res) => {\n  res.json({ ok: true })\n})`).join('\n\n')}

mountRoutes(app)
`

const serverText = `import { app } from './app'
import { connect } from './db/mongoose'
import { dataSource } from './db/typeorm'

async function start(): Promise<void> {
  await connect()
  await dataSource.initialize()
  const server = app.listen(process.env.PORT ?? 3000)
  process.on('SIGTERM', () => server.close())
}

void start()
`

function routesText(): string {
  return `import type { Express } from 'express'
${resources.map(({ name, area, noun }) => `import ${name}Router from './modules/${area}/${noun}/${noun}.router'`).join('\n')}

export function mountRoutes(app: Express): void {
${resources.map(({ name, table }) => `  app.use('/api/${table}', ${name}Router)`).join('\n')}
}
`
}

const errorsText = `import type { NextFunction, Request, Response } from 'express'

export interface Actor {
  id: string
  roles: readonly string[]
  areas: readonly string[]
}

export class ApplicationError extends Error {
  status = 500
}

export class ForbiddenError extends ApplicationError {
  status = 403
  constructor(what: string) {
    super(\`You may not use \${what}\`)
  }
}

export class NotFoundError extends ApplicationError {
  status = 404
  constructor(what: string, id: string) {
    super(\`There is no \${what} \${id}\`)
  }
}

export function actorOf(req: Request): Actor {
  return (req as Request & { actor: Actor }).actor
}

export function requireBody(req: Request, res: Response, next: NextFunction): void {
  if (req.body === undefined) {
    res.status(400).json({ error: 'A body is required' })
    return
  }
  next()
}
`
