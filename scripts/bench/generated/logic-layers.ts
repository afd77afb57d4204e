import { type Column, forColumns, type Resource } from './resource.ts'

/** The mapper between rows and answers. */
export function mapperText(resource: Resource): string {
  const { type, noun } = resource
  const read: Readonly<Record<Column['kind'], string>> = {
    string: 'textOf',
    number: 'numberOf',
    boolean: 'flagOf',
    Date: 'momentOf',
  }
  return `import type { ${type}, ${type}Field } from './${noun}.types'

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim()
  return value === null || value === undefined ? '' : String(value)
}

function numberOf(value: unknown): number {
  const number = typeof value === 'number' ? value : Number(value)
  return Number.isFinite(number) ? number : 0
}

function flagOf(value: unknown): boolean {
  return value === true || value === 1 || value === 'true'
}

function momentOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  const moment = new Date(textOf(value))
  return Number.isNaN(moment.getTime()) ? '' : moment.toISOString()
}

/** A row as clients receive it; rows of every driver are taken. */
export function to${type}(row: any): ${type} {
  return {
    id: textOf(row.id ?? row._id),
    parentId: textOf(row.parentId ?? row.parent_id),
    createdAt: momentOf(row.createdAt ?? row.created_at),
${forColumns(resource, ({ name, column, kind }) => `    ${name}: ${read[kind]}(row.${name} ?? row.${column}),`)}
  }
}

export function to${type}List(rows: any[]): ${type}[] {
  return rows.map(to${type})
}

/** Which fields two versions of a row differ in. */
export function changedFields(before: ${type}, after: ${type}): ${type}Field[] {
  const changed: ${type}Field[] = []
${forColumns(resource, ({ name }) => `  if (before.${name} !== after.${name}) {\n    changed.push('${name}')\n  }`)}
  return changed
}
`
}

/** Who may do what. */
export function policyText(resource: Resource): string {
  const { type, noun, name, area } = resource
  return `import type { ${type}Field } from './${noun}.types'

export interface Actor {
  id: string
  roles: readonly string[]
  areas: readonly string[]
}

const readers = new Set(['viewer', 'editor', 'owner', '${area}-auditor'])
const writers = new Set(['editor', 'owner'])

const fieldRoles: Readonly<Record<${type}Field, readonly string[]>> = {
  parentId: ['owner'],
${forColumns(resource, ({ name: column, kind }) => `  ${column}: [\n    'owner',\n    'editor',\n    '${area}-${kind.toLowerCase()}',\n  ],`)}
}

function hasRole(actor: Actor, roles: ReadonlySet<string>): boolean {
  for (const role of actor.roles) {
    if (roles.has(role)) return true
  }
  return false
}

/** The policy of ${name}. */
export const may${type} = {
  read(actor: Actor): boolean {
    return actor.areas.includes('${area}') && hasRole(actor, readers)
  },
  write(actor: Actor): boolean {
    return actor.areas.includes('${area}') && hasRole(actor, writers)
  },
  change(actor: Actor, field: ${type}Field): boolean {
    return fieldRoles[field].some((role) => actor.roles.includes(role))
  },
}

export function fieldsFor(actor: Actor, fields: readonly ${type}Field[]): ${type}Field[] {
  return fields.filter((field) => may${type}.change(actor, field))
}
`
}

/** Figures over many rows, without a query. */
export function reportText(resource: Resource): string {
  const { type, noun } = resource
  const figure = ({ name, kind }: Column) =>
    ({
      string: `
function ${name}Groups(rows: readonly ${type}[]): Map<string, number> {
  const groups = new Map<string, number>()
  for (const row of rows) {
    groups.set(row.${name}, (groups.get(row.${name}) ?? 0) + 1)
  }
  return groups
}
`,
      number: `
function ${name}Sum(rows: readonly ${type}[]): number {
  return rows
    .filter((row) => row.${name} > 0)
    .map((row) => row.${name})
    .reduce((sum, value) => sum + value, 0)
}
`,
      boolean: `
function ${name}Share(rows: readonly ${type}[]): number {
  if (rows.length === 0) return 0
  const matching = rows.filter((row) => row.${name})
  return matching.length / rows.length
}
`,
      Date: `
function ${name}Latest(rows: readonly ${type}[]): string | null {
  const moments = rows.map((row) => row.${name}).filter((moment) => moment !== '')
  moments.sort()
  return moments.at(-1) ?? null
}
`,
    })[kind]
  const suffixes = { string: 'Groups', number: 'Sum', boolean: 'Share', Date: 'Latest' } as const
  return `import type { ${type} } from './${noun}.types'
${resource.columns.map(figure).join('')}
/** The figures that the overview shows. */
export function totalsOf(rows: readonly ${type}[]) {
  return {
${forColumns(resource, ({ name, kind }) => `    ${name}: ${name}${suffixes[kind]}(rows),`)}
  }
}

export function summarize(rows: readonly unknown[]): string {
  if (rows.length === 0) return 'none'
  return rows.length === 1 ? 'one' : \`\${rows.length} of them\`
}
`
}
