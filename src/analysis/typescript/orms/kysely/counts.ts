import { Node, type CallExpression } from 'ts-morph'
import type { Resolver } from '../../resolver.ts'
import { indentOf, lineLength, styleOf } from '../../rewrite/style.ts'
import { separatorBefore, type Chain, type Link } from '../reading/builder-chain.ts'
import { holdsComment } from '../reading/chain-edits.ts'
import { countReads } from '../reading/count-reads.ts'
import { textOf } from '../reading/decorators.ts'
import { ValueReader } from '../reading/value-reader.ts'
import type { KeyedCount } from '../orm.ts'

const running = new Set(['execute', 'executeTakeFirst', 'executeTakeFirstOrThrow'])

/** `.select((eb) => eb.fn.countAll().as('count')).where('post_id', '=', id)` as counts by `post_id`. */
export function countsIn(
  call: CallExpression,
  { start, links }: Chain,
  isKey: (value: Node) => boolean,
  resolver: Resolver,
): KeyedCount | null {
  const [source, ...steps] = links
  const run = links.at(-1)
  const [select, ...selects] = links.filter(({ name }) => name === 'select')
  const [where, ...wheres] = links.filter(({ name, args }) => name === 'where' && args[2] && isKey(args[2]))
  const alias = select && countedAs(select)
  const column = textOf(where?.args[0])
  const key = where?.args[2]
  const isPlain = steps.every(({ name }) => name === 'select' || name === 'where' || running.has(name))
  if (!run || !running.has(run.name) || !select || selects.length > 0 || !isPlain || !alias) return null
  if (!key || wheres.length > 0 || textOf(where.args[1]) !== '=' || column === null) return null
  if (source?.name !== 'selectFrom' || holdsComment(call)) return null
  const isNumber = givesNumbers(start, resolver)
  const found = countReads(call, [...(run.name === 'execute' ? ['0'] : []), alias], isNumber)
  if (!found) return null
  const { quote } = styleOf(call.getSourceFile())
  const name = column.split('.').at(-1) ?? column
  return {
    column: name,
    key,
    forKeys: (keys) => {
      const written = links.flatMap((link) => {
        if (link === select) return [`select(${quote(column)})`, textOfLink(link)]
        if (link === where) return [`where(${quote(column)}, ${quote('in')}, ${keys})`]
        return link === run ? [`groupBy(${quote(column)})`, 'execute()'] : [textOfLink(link)]
      })
      return chained(call, start, links, written)
    },
    keyOf: (row) => `${row}.${name}`,
    countOf: (row) => (isNumber ? `${row}.${alias}` : `Number(${row}.${alias})`),
    reads: found.reads,
  }
}

/** The name under which a select gives the one number that it counts. */
function countedAs({ args }: Link): string | null {
  const text = args.map((argument) => argument.getText()).join(', ')
  const [alias, ...others] = [...text.matchAll(/\.as\(\s*['"`](\w+)['"`]\s*\)/g)]
  const functions = text.match(/\bfn\s*\.\s*\w+/g) ?? []
  const isCount = functions.length === 1 && /\bfn\s*\.\s*count(?:All)?\b/.test(text)
  return isCount && others.length === 0 ? (alias?.[1] ?? null) : null
}

function textOfLink({ call }: Link): string {
  const callee = call.getExpression()
  const name = Node.isPropertyAccessExpression(callee) ? callee.getNameNode() : callee
  return call.getSourceFile().getFullText().slice(name.getStart(), call.getEnd())
}

/** The steps of a chain, on lines of their own where it has such or gets too long. */
function chained(
  call: CallExpression,
  start: Node,
  links: readonly Link[],
  steps: readonly string[],
): string {
  const { lineBreak, indent } = styleOf(call.getSourceFile())
  const [first] = links
  const given = separatorBefore(links.at(-1))
  const text = `${start.getText()}.${steps.join('.')}`
  const isLong = lineLength(call) - call.getText().length + text.length > 110
  const separator = given === '' && isLong ? lineBreak + indentOf(call) + indent : given
  const before = given === '' ? separator : separatorBefore(first)
  return `${start.getText()}${before}.${steps.join(`${separator}.`)}`
}

/** Whether a database is made with a dialect that gives counts as numbers; others give text. */
function givesNumbers(database: Node, resolver: Resolver): boolean {
  const made = resolver.definition(database)
  const [options] = Node.isNewExpression(made) ? made.getArguments() : []
  if (!options) return false
  const reader = new ValueReader(resolver, [])
  const entry = reader.object(reader.here(options)).entries.findLast(({ name }) => name === 'dialect')
  const dialect = entry?.sure ? reader.value(entry)?.node : undefined
  return (
    Node.isNewExpression(dialect) &&
    /^"kysely"\.(?:Sqlite|Mysql)Dialect$/.test(resolver.origin(dialect.getExpression()) ?? '')
  )
}
