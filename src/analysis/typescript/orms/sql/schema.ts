import { Node, SyntaxKind, type CallExpression } from 'ts-morph'
import type { Column, Table } from '../../../facts.ts'
import { isSupportFile } from '../../../source-tree.ts'
import { fileOf, spanOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { rawText } from './source.ts'
import { sqlTokens, type SqlToken } from './tokens.ts'

const running = ['exec', 'query', 'execute', 'run', 'prepare', 'unsafe', 'raw']
const constraints = new Set([
  'constraint',
  'primary',
  'foreign',
  'unique',
  'check',
  'key',
  'index',
  'fulltext',
  'exclude',
  'like',
])

/** The tables that `CREATE TABLE` statements in the application's own calls of a library declare; `isOwn` tells such calls. */
export function sqlTables(
  program: Program,
  resolver: Resolver,
  orm: string,
  isOwn: (call: CallExpression, resolver: Resolver) => boolean,
): Table[] {
  return running
    .flatMap((name) => program.applicationCallsNamed(name))
    .flatMap((call) => {
      const [argument] = call.getArguments()
      const text = argument ? literalText(argument, resolver) : null
      return text !== null && isOwn(call, resolver) ? tablesIn(text, orm, call) : []
    })
}

const createsTable = /create\s+(?:\w+\s+)?table/i

/** The tables that `CREATE TABLE` statements in the application's own tagged templates declare; `isTag` tells such tags. */
export function taggedTables(
  program: Program,
  resolver: Resolver,
  orm: string,
  isTag: (tag: Node, resolver: Resolver) => boolean,
): Table[] {
  return program
    .filesWith(createsTable)
    .filter((file) => !isSupportFile(fileOf(file)))
    .flatMap((file) => file.getDescendantsOfKind(SyntaxKind.TaggedTemplateExpression))
    .flatMap((template) => {
      const text = rawText(template.getTemplate())
      const declares = text !== null && createsTable.test(text) && isTag(template.getTag(), resolver)
      return declares ? tablesIn(text, orm, template) : []
    })
}

/** The text of a literal, or of the constant in the place of one, where it creates a table. */
function literalText(argument: Node, resolver: Resolver): string | null {
  const literal = Node.isIdentifier(argument) ? resolver.definition(argument) : argument
  const text = literal ? rawText(literal) : null
  return text !== null && createsTable.test(text) ? text : null
}

/** The tables that a text of SQL creates. */
function tablesIn(text: string, orm: string, place: Node): Table[] {
  const tokens = sqlTokens(text)
  return tokens.flatMap((token, index): Table[] => {
    if (token.text !== 'create' || token.kind !== 'word') return []
    const head = tokens.slice(index + 1, index + 10)
    const at = head.findIndex(({ text: word }) => word === 'table')
    if (at === -1 || at > 1) return []
    const open = head.findIndex(({ text: symbol }, after) => after > at && symbol === '(')
    const name = open === -1 ? undefined : head[open - 1]
    if (
      !name ||
      !isName(name) ||
      head.slice(at, open).some(({ text: word }) => word === 'as' || word === ';')
    )
      return []
    const start = index + 1 + open
    const end = tokens.findIndex(
      ({ text: symbol, depth }, after) => after > start && symbol === ')' && depth === token.depth,
    )
    return [tableOf(name.text, entriesIn(tokens.slice(start + 1, end === -1 ? undefined : end)), orm, place)]
  })
}

/** What stands between the commas of a table's body. */
function entriesIn(body: readonly SqlToken[]): SqlToken[][] {
  const depth = body[0]?.depth ?? 0
  const entries: SqlToken[][] = [[]]
  for (const token of body)
    if (token.text === ',' && token.depth === depth) entries.push([])
    else entries.at(-1)?.push(token)
  return entries.filter((entry) => entry.length > 0)
}

function tableOf(name: string, entries: readonly SqlToken[][], orm: string, place: Node): Table {
  const columns = entries.filter((entry) => !isConstraint(entry))
  const sets = entries.filter(isConstraint)
  const having = (...words: string[]): string[] =>
    columns.filter((entry) => words.every((word) => has(entry, word))).flatMap(([first]) => first?.text ?? [])
  const setsWith = (...words: string[]): string[][] =>
    sets.filter((entry) => words.every((word) => has(entry, word))).map(columnsOf)
  const primaryKey = setsWith('primary', 'key')[0] ?? having('primary', 'key')
  const foreignKeys = new Set([...having('references'), ...setsWith('foreign').flat()])
  return {
    name,
    orm,
    span: spanOf(place),
    columns: columns.flatMap(([column, type]): Column[] =>
      column && isName(column)
        ? [
            {
              name: column.text,
              type: type?.text ?? null,
              foreignKey: foreignKeys.has(column.text),
              span: spanOf(place),
            },
          ]
        : [],
    ),
    primaryKey,
    unique: [
      ...(primaryKey.length > 0 ? [primaryKey] : []),
      ...having('unique').map((column) => [column]),
      ...setsWith('unique'),
    ],
    indexes: sets.filter(([first]) => first?.text === 'key' || first?.text === 'index').map(columnsOf),
    relations: [],
    indexesForeignKeys: null,
  }
}

function isConstraint([first]: readonly SqlToken[]): boolean {
  return first?.kind === 'word' && constraints.has(first.text)
}

function has(entry: readonly SqlToken[], word: string): boolean {
  return entry.some(({ kind, text }) => kind === 'word' && text === word)
}

/** The names in the first parentheses of a constraint. */
function columnsOf(entry: readonly SqlToken[]): string[] {
  const open = entry.findIndex(({ text }) => text === '(')
  const close = entry.findIndex(({ text }, index) => index > open && text === ')')
  return entry
    .slice(open + 1, close)
    .filter(isName)
    .map(({ text }) => text)
}

function isName({ kind }: SqlToken): boolean {
  return kind === 'word' || kind === 'name'
}
