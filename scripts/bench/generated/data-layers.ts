import { dialectOf } from './dialects.ts'
import {
  type Column,
  forColumns,
  neighbourOf,
  parentOf,
  type Resource,
  siblingModule,
  variantOf,
} from './resource.ts'

/** The repository: every query of the resource. */
export function repositoryText(resource: Resource): string {
  const { type, noun } = resource
  const dialect = dialectOf(resource)
  const operation = (name: string, parameters: string, query: string, comment: string) => `
/**
 * ${comment}
 * Errors of the database reach the caller as they are.
 */
export async function ${name}(${parameters}): Promise<any> {
  const startedAt = Date.now()
  const result = await ${query}
  if (Date.now() - startedAt > slowMillis) console.warn('slow query: ${resource.table}.${name}')
  return result
}
`
  return `${dialect.imports(resource)}
import type { ${type}Input } from './${noun}.types'

const slowMillis = 250
${operation('findAll', '', dialect.all(resource), 'Every row, the newest first.')}${operation(
    'findPage',
    'page: number, pageSize: number',
    dialect.page(resource),
    'One page of rows.',
  )}${operation('findById', 'id: any', dialect.one(resource), 'One row, or nothing where there is none.')}${operation(
    'findByIds',
    'ids: any[]',
    dialect.many(resource),
    'The rows with these ids, in no order.',
  )}${operation('findByParent', 'parentId: any', dialect.ofParent(resource), 'The rows of one parent.')}${operation(
    'create',
    `input: ${type}Input`,
    dialect.create(resource),
    'Adds a row.',
  )}${operation('update', `id: any, input: Partial<${type}Input>`, dialect.update(resource), 'Changes a row.')}${operation(
    'remove',
    'id: any',
    dialect.remove(resource),
    'Removes a row.',
  )}${operation('count', '', dialect.count(resource), 'How many rows there are.')}`
}

/** The service: what joins the resource's rows with those of others, in turn row by row and in one query. */
export function serviceText(resource: Resource): string {
  const { type, name, noun } = resource
  const parent = parentOf(resource)
  const neighbour = neighbourOf(resource)
  return `import * as ${name}Repository from './${noun}.repository'
import * as parentRepository from '${siblingModule(parent, 'repository')}'
import * as neighbourRepository from '${siblingModule(neighbour, 'repository')}'
import type { ${type}, ${type}Input } from './${noun}.types'
import { summarize, totalsOf } from './${noun}.report'
import { may${type}, type Actor } from './${noun}.policy'
import { to${type}, to${type}List } from './${noun}.mapper'
import { ForbiddenError, NotFoundError } from '../../../errors'

const maximumPageSize = 100

/** The ${noun}s that an actor may see, with what they belong to. */
export async function list(actor: Actor): Promise<${type}[]> {
  if (!may${type}.read(actor)) throw new ForbiddenError('${name}')
${listBody(resource)}
}

/** One page, with the number of all. */
export async function page(actor: Actor, number: number, size: number) {
  if (!may${type}.read(actor)) throw new ForbiddenError('${name}')
  const pageSize = Math.min(Math.max(size, 1), maximumPageSize)
  const rows = await ${name}Repository.findPage(Math.max(number, 1), pageSize)
  const total = await ${name}Repository.count()
  return { items: to${type}List(rows), total, pageSize }
}

/** One ${noun} with its neighbours. */
export async function get(actor: Actor, id: string): Promise<${type}> {
  if (!may${type}.read(actor)) throw new ForbiddenError('${name}')
  const row = await ${name}Repository.findById(id)
  if (!row) throw new NotFoundError('${name}', id)
  const neighbours = await neighbourRepository.findByParent(row.id)
  return { ...to${type}(row), neighbours, summary: summarize(neighbours) }
}

/** Adds a ${noun} below a parent that exists. */
export async function create(actor: Actor, input: ${type}Input): Promise<${type}> {
  if (!may${type}.write(actor)) throw new ForbiddenError('${name}')
  const parent = await parentRepository.findById(input.parentId)
  if (!parent) throw new NotFoundError('${parent.name}', String(input.parentId))
  const row = await ${name}Repository.create(input)
  return to${type}(row)
}

/** Changes a ${noun}. */
export async function update(actor: Actor, id: string, input: Partial<${type}Input>): Promise<${type}> {
  if (!may${type}.write(actor)) throw new ForbiddenError('${name}')
  const known = await ${name}Repository.findById(id)
  if (!known) throw new NotFoundError('${name}', id)
  const changed = await ${name}Repository.update(id, input)
  return to${type}(changed ?? known)
}

/** Removes a ${noun}. */
export async function remove(actor: Actor, id: string): Promise<void> {
  if (!may${type}.write(actor)) throw new ForbiddenError('${name}')
  await ${name}Repository.remove(id)
}

/** The figures of all ${noun}s. */
export async function statistics(actor: Actor) {
  const rows = await list(actor)
  return { count: rows.length, totals: totalsOf(rows) }
}
`
}

function listBody(resource: Resource): string {
  const { name, type } = resource
  const variant = variantOf(resource, 3)
  const rows = `  const rows = await ${name}Repository.findAll()\n`
  if (variant === 0) {
    return `${rows}  return Promise.all(
    rows.map(async (row: any) => {
      const parent = await parentRepository.findById(row.parentId)
      return { ...to${type}(row), parent }
    }),
  )`
  }
  if (variant === 1) {
    return `${rows}  const parents = await parentRepository.findByIds(rows.map((row: any) => row.parentId))
  const byId = new Map(parents.map((parent: any) => [parent.id, parent]))
  return rows.map((row: any) => ({ ...to${type}(row), parent: byId.get(row.parentId) ?? null }))`
  }
  return `${rows}  const result: ${type}[] = []
  for (const row of rows) {
    const neighbours = await neighbourRepository.findByParent(row.id)
    result.push({ ...to${type}(row), neighbours })
  }
  return result`
}

/** The types that the layers of a resource share. */
export function typesText(resource: Resource): string {
  const { type, name } = resource
  return `/** A ${resource.noun} as clients send it. */
export interface ${type}Input {
  parentId: number
${forColumns(resource, inputField)}
}

/** A ${resource.noun} as clients receive it. */
export interface ${type} {
  id: string
  parentId: string
  createdAt: string
${forColumns(resource, ({ name: column, kind }) => `  ${column}: ${kind === 'Date' ? 'string' : kind}`)}
  parent?: unknown
  neighbours?: readonly unknown[]
  summary?: string
}

export type ${type}Field = keyof ${type}Input

export const ${name}Fields: readonly ${type}Field[] = [
  'parentId',
${forColumns(resource, ({ name: column }) => `  '${column}',`)}
]

export const ${name}Labels: Readonly<Record<${type}Field, string>> = {
  parentId: 'Belongs to',
${forColumns(resource, ({ name: column, column: label }) => `  ${column}: '${label.replaceAll('_', ' ')}',`)}
}

/** How others refer to a ${resource.noun}. */
export const ${name}Reference = { type: '${name}', table: '${resource.table}' } as const

export function is${type}Field(text: string): text is ${type}Field {
  return (${name}Fields as readonly string[]).includes(text)
}
`
}

function inputField({ name, kind }: Column): string {
  return `  /** As people enter it; see the form for its limits. */\n  ${name}: ${kind}`
}
