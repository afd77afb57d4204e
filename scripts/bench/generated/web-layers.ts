import { type Column, forColumns, type Resource, variantOf } from './resource.ts'

/** The three routes of a resource: half of the resources are read and added to, half are changed. */
const readRoutes = [
  ['get', '/', 'list'],
  ['get', '/:id', 'get'],
  ['post', '/', 'create'],
] as const
const writeRoutes = [
  ['get', '/page', 'page'],
  ['put', '/:id', 'update'],
  ['delete', '/:id', 'remove'],
] as const

/** How many routes each resource has. */
export const routesEach = readRoutes.length

/** The router, with the comments from which documentation is generated. */
export function routerText(resource: Resource): string {
  const { noun, table } = resource
  const routes = variantOf(resource, 2) === 0 ? readRoutes : writeRoutes
  const route = ([method, path, handler]: (typeof routes)[number]) => `
/**
 * @openapi
 * /${table}${path}:
 *   ${method}:
 *     tags: [${resource.type}]
 *     responses:
 *       200:
 *         description: ${handler} of ${noun}
 *         content:
 *           application/json:
 *             schema:
 *               type: object
 *               properties:
${forColumns(resource, ({ name, kind }) => ` *                 ${name}: { type: ${kind.toLowerCase()} }`)}
 */
router.${method}('${path}', ${handler === 'create' || handler === 'update' ? 'requireBody, ' : ''}controller.${handler})
`
  return `import { Router } from 'express'
import { requireBody } from '../../../errors'
import * as controller from './${noun}.controller'

const router = Router()
${routes.map(route).join('')}
export default router
`
}

/** The controller: one handler for each operation, as assistants write them. */
export function controllerText(resource: Resource): string {
  const { noun, name } = resource
  const handler = (operation: string, body: string) => `
/** ${operation} */
export async function ${operation}(req: Request, res: Response): Promise<void> {
  try {
    const actor = actorOf(req)
${body}
  } catch (error) {
    if (error instanceof ApplicationError) {
      res.status(error.status).json({ error: error.message })
      return
    }
    console.error('Error in ${name}.${operation}:', error)
    res.status(500).json({ error: 'Something went wrong' })
  }
}
`
  const parsed = (schema: string) => `    const parsed = ${name}${schema}.safeParse(req.body)
    if (!parsed.success) {
      res.status(400).json({ error: 'Invalid ${noun}', details: parsed.error.issues })
      return
    }`
  return `import type { Request, Response } from 'express'
import { actorOf, ApplicationError } from '../../../errors'
import { ${name}ChangeSchema, ${name}Schema } from './${noun}.schema'
import * as service from './${noun}.service'
${handler('list', '    const items = await service.list(actor)\n    res.json(items)')}${handler(
    'page',
    `    const number = Number(req.query.page ?? 1)
    const size = Number(req.query.pageSize ?? 20)
    const result = await service.page(actor, number, size)
    res.json(result)`,
  )}${handler('get', '    const item = await service.get(actor, req.params.id)\n    res.json(item)')}${handler(
    'create',
    `${parsed('Schema')}
    const item = await service.create(actor, parsed.data)
    res.status(201).json(item)`,
  )}${handler(
    'update',
    `${parsed('ChangeSchema')}
    const item = await service.update(actor, req.params.id, parsed.data)
    res.json(item)`,
  )}${handler('remove', '    await service.remove(actor, req.params.id)\n    res.status(204).end()')}`
}

const zodKinds: Readonly<Record<Column['kind'], readonly string[]>> = {
  string: ['z', '    .string()', '    .trim()', '    .min(1)', '    .max(200)'],
  number: ['z', '    .number()', '    .int()', '    .min(0)', '    .max(1_000_000)'],
  boolean: ['z', '    .boolean()', '    .default(false)'],
  Date: ['z.coerce', '    .date()', "    .min(new Date('2000-01-01'))"],
}

/** What a request's body must look like. */
export function schemaText(resource: Resource): string {
  const { name, type } = resource
  return `import { z } from 'zod'

export const ${name}Schema = z.object({
  parentId: z
    .number()
    .int()
    .positive(),
${forColumns(resource, ({ name: column, kind }) => `  ${column}: ${zodKinds[kind].join('\n')},`)}
})

export const ${name}ChangeSchema = ${name}Schema.partial()

export const ${name}FilterSchema = z.object({
  search: z.string().max(100).optional(),
  sort: z.enum([
    'createdAt',
${forColumns(resource, ({ name: column }) => `    '${column}',`)}
  ]),
  direction: z.enum(['asc', 'desc']).default('desc'),
})

export type ${type}Body = z.infer<typeof ${name}Schema>
export type ${type}Change = z.infer<typeof ${name}ChangeSchema>
export type ${type}Filter = z.infer<typeof ${name}FilterSchema>
`
}
