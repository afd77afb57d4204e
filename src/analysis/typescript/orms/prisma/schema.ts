import type { Span } from '../../../../model/source.ts'
import type { Column, Relation, Table } from '../../../facts.ts'

/** A line of a schema without its comment, and where its text starts. */
interface Line {
  readonly file: string
  readonly number: number
  /** Offset of the line in its file. */
  readonly start: number
  readonly text: string
}

/** A `model`, `view` or `type` as written. */
export interface Model {
  readonly name: string
  readonly file: string
  readonly opening: Line
  readonly lines: readonly Line[]
  readonly closing: Line
}

interface Field {
  readonly name: string
  readonly type: string
  readonly isList: boolean
  readonly attributes: string
  readonly line: Line
}

/** The models of all schema files; what can't be read is left out. */
export function modelsIn(files: ReadonlyMap<string, string>): Model[] {
  return [...files].flatMap(([file, text]) => modelsOf(file, text))
}

/** The name of the client's property for a model: `orderItem` of `OrderItem`. */
export function delegateName(model: string): string {
  return model.charAt(0).toLowerCase() + model.slice(1)
}

/** The tables that schema files declare, under the names of the client's properties. */
export function tablesIn(files: ReadonlyMap<string, string>): Table[] {
  const models = modelsIn(files)
  const names = new Set(models.map(({ name }) => name))
  return models.map((model) => tableOf(model, names, providerFor(model.file, files)))
}

function modelsOf(file: string, text: string): Model[] {
  const models: Model[] = []
  let open: { name: string; opening: Line; lines: Line[] } | null = null
  for (const line of linesOf(file, text)) {
    const opening = /^\s*(?:model|view|type)\s+(\w+)\s*\{/.exec(line.text)
    if (opening?.[1] !== undefined) open = { name: opening[1], opening: line, lines: [] }
    else if (open && /^\s*\}/.test(line.text)) {
      models.push({ ...open, file, closing: line })
      open = null
    } else open?.lines.push(line)
  }
  return models
}

/** Lines, those of one attribute joined where it is broken inside its brackets; comments blanked. */
function linesOf(file: string, text: string): Line[] {
  const lines: Line[] = []
  let start = 0
  let inBlockComment = false
  for (const [index, raw] of text.split('\n').entries()) {
    const { code, open } = withoutComment(raw.replace(/\r$/, ''), inBlockComment)
    inBlockComment = open
    const last = lines.at(-1)
    if (last && depthOf(last.text) > 0)
      lines[lines.length - 1] = { ...last, text: `${last.text} ${code.trim()}` }
    else lines.push({ file, number: index + 1, start, text: code })
    start += raw.length + 1
  }
  return lines
}

/** How many round or square brackets a text leaves open. */
function depthOf(text: string): number {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '')
  return (bare.match(/[([]/g)?.length ?? 0) - (bare.match(/[)\]]/g)?.length ?? 0)
}

function withoutComment(line: string, inBlock: boolean): { code: string; open: boolean } {
  if (inBlock) {
    const end = line.indexOf('*/')
    return end < 0 ? { code: '', open: true } : withoutComment(line.slice(end + 2), false)
  }
  const found = /^((?:[^"/]|"(?:[^"\\]|\\.)*"|\/(?![/*]))*)(\/\/|\/\*)(.*)$/.exec(line)
  if (!found) return { code: line, open: false }
  const [, code = '', mark, rest = ''] = found
  if (mark === '//') return { code, open: false }
  const end = rest.indexOf('*/')
  return end < 0 ? { code, open: true } : { code: code + rest.slice(end + 2), open: false }
}

/** The database of a schema file, which another file of the same schema may name. */
function providerFor(file: string, files: ReadonlyMap<string, string>): string | null {
  for (let folder = file; ;) {
    for (const [other, text] of files) {
      const provider = other === file || other.startsWith(`${folder}/`) ? providerOf(text) : null
      if (provider !== null) return provider
    }
    if (folder === '') return null
    folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : ''
  }
}

/** The kind of database that a schema file names, or null. */
export function providerOf(text: string): string | null {
  const block = /^\s*datasource\s+\w+\s*\{([^}]*)\}/m.exec(text)?.[1] ?? ''
  return /\bprovider\s*=\s*"(\w+)"/.exec(block)?.[1]?.toLowerCase() ?? null
}

function tableOf(model: Model, models: ReadonlySet<string>, provider: string | null): Table {
  const fields = model.lines.flatMap((line) => fieldOf(line) ?? [])
  const scalars = fields.filter(({ type }) => !models.has(type))
  const relations = fields.filter(({ type }) => models.has(type)).map(relationOf)
  const foreignKeys = new Set(relations.flatMap(({ columns }) => columns))
  const block = (name: string): string[][] =>
    model.lines.flatMap(({ text }) => (new RegExp(`^\\s*@@${name}\\b`).test(text) ? [namesIn(text)] : []))
  const primaryKey =
    block('id')[0] ?? scalars.filter(({ attributes }) => /@id\b/.test(attributes)).map(({ name }) => name)
  const single = scalars.filter(({ attributes }) => /@unique\b/.test(attributes)).map(({ name }) => [name])
  const storedAs = mappedName(model.lines.map(({ text }) => text).find((text) => /^\s*@@map\b/.test(text)))
  return {
    name: delegateName(model.name),
    ...(storedAs === null ? {} : { storedAs }),
    orm: 'prisma',
    span: spanOf(model.opening, model.name),
    columns: scalars.map((field): Column => ({
      name: field.name,
      ...storedField(field),
      type: field.type + (field.isList ? '[]' : ''),
      foreignKey: foreignKeys.has(field.name),
      span: spanOf(field.line, field.name),
    })),
    primaryKey,
    unique: [...(primaryKey.length > 0 ? [primaryKey] : []), ...single, ...block('unique')],
    indexes: [...block('index'), ...block('fulltext')],
    relations,
    indexesForeignKeys: provider === null ? null : provider === 'mysql',
  }
}

function storedField({ attributes }: Field): Pick<Column, 'storedAs'> {
  const storedAs = mappedName(/@map\([^)]*\)/.exec(attributes)?.[0])
  return storedAs === null ? {} : { storedAs }
}

/** The name in `@map("x")` or `@@map(name: "x")`. */
function mappedName(attribute: string | undefined): string | null {
  return /@map\(\s*(?:name\s*:\s*)?"([^"]+)"/.exec(attribute ?? '')?.[1] ?? null
}

function fieldOf(line: Line): Field | null {
  const found = /^\s*(\w+)\s+(\w+)(?:\("[^"]*"\))?(\[\])?\??\s*(.*)$/.exec(line.text)
  const [, name, type, list, attributes = ''] = found ?? []
  return name === undefined || type === undefined
    ? null
    : { name, type, isList: list !== undefined, attributes, line }
}

function relationOf({ name, type, isList, attributes, line }: Field): Relation {
  const list = (key: string): string[] =>
    namesOf(new RegExp(`\\b${key}\\s*:\\s*\\[([^\\]]*)\\]`).exec(attributes)?.[1] ?? '')
  return {
    name,
    target: delegateName(type),
    many: isList,
    columns: list('fields'),
    references: list('references'),
    eager: false,
    span: spanOf(line, name),
  }
}

/** The fields of `@@unique([a, b(sort: Desc)], name: "x")`. */
function namesIn(text: string): string[] {
  const start = text.indexOf('[')
  const inner = start < 0 ? '' : text.slice(start + 1, matchingBracket(text, start))
  return namesOf(inner.replace(/\([^)]*\)/g, ''))
}

function matchingBracket(text: string, start: number): number {
  const end = text.indexOf(']', start)
  return end < 0 ? text.length : end
}

function namesOf(list: string): string[] {
  return list
    .split(',')
    .map((part) => /\w+/.exec(part)?.[0])
    .filter((name) => name !== undefined)
}

function spanOf(line: Line, name: string): Span {
  const column = Math.max(line.text.search(new RegExp(`\\b${name}\\b`)), 0) + 1
  return {
    file: line.file,
    line: line.number,
    column,
    endLine: line.number,
    endColumn: column + name.length,
  }
}
