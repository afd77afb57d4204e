import { Node, SyntaxKind } from 'ts-morph'
import { isSupportFile } from '../../source-tree.ts'
import { isClass, isFunction, symbolOf } from '../functions.ts'
import { importersIn } from '../importers.ts'
import { isInside } from '../loops.ts'
import { fileOf, type Program } from '../program.ts'
import type { Resolver } from '../resolver.ts'
import type { Observation, Observer } from './observer.ts'

/** What makes a client with a connection pool of its own. */
const made =
  /^(?:new "(?:@prisma\/client|\.[^"]*prisma[^"]*)"\.PrismaClient|new "(?:pg|@neondatabase\/serverless)"(?:\.default)?\.Pool|"mysql2?(?:\/promise)?"(?:\.default)?\.createPool\(\)|new "(?:sequelize|@sequelize\/core|sequelize-typescript)"(?:\.default)?(?:\.Sequelize)?|"knex"(?:\.default|\.knex)?\(\)|"postgres"(?:\.default)?\(\)|new "ioredis"(?:\.default|\.Redis)?|"redis"\.createClient\(\))$/
const likely = /PrismaClient|Pool|Sequelize|knex|postgres|Redis|redis|createClient/
/** Modules that are there to hold a client. */
const ownModule =
  /(?:^|\/)(?:[\w.-]*(?:db|database|prisma|client|pool|connection|datasource|data-source|knex|redis|sequelize|mysql|postgres|pg)[\w.-]*(?:\/index)?|models\/index)\.[cm]?[jt]sx?$/i

/** Clients of one connection, of which publishers and subscribers need one each. */
const single = /^(?:ioredis|Redis|createClient)$/
/** Files that a framework or the command line starts, though nothing imports them. */
const entry = /(?:^|\/)(?:app|pages|api|functions|routes)\/|\.listen\(|\bserve\(/

/** Database clients, each with its own connections: the second one halves what the first one may have. */
export const clients: Observer = {
  id: 'clients',
  behindRoutes: true,
  observe: ({ fn, resolver }) =>
    likely.test(fn.getText())
      ? makersBelow(fn)
          .filter((node) => node.getFirstAncestor(isFunction) === fn && !isKept(node))
          .flatMap((node) => madeBy(node, resolver))
          .map(({ node, client }) => ({ node, detail: { kind: 'client-made', client, where: 'per-call' } }))
      : [],
  observeProgram: (program, resolver) => {
    const found = clientsIn(program, resolver).filter(({ node }) => isKept(node))
    return found.map(({ node, client }): Observation => {
      const where = whereIs(node, client, found)
      return { node, detail: { kind: 'client-made', client, where } }
    })
  },
}

interface Client {
  readonly node: Node
  readonly client: string
  readonly folder: string
}

function clientsIn(program: Program, resolver: Resolver): Client[] {
  const importers = importersIn(program)
  return program
    .filesWith(likely)
    .filter((file) => !isSupportFile(fileOf(file)))
    .filter(
      (file) => importers.has(fileOf(file)) || entry.test(fileOf(file)) || entry.test(file.getFullText()),
    )
    .flatMap((file) =>
      makersBelow(file)
        .flatMap((node) => madeBy(node, resolver))
        .map((client) => ({ ...client, folder: program.packageFolder(fileOf(file)) })),
    )
}

function madeBy(node: Node, resolver: Resolver): Pick<Client, 'node' | 'client'>[] {
  const origin = ownOrigin(node, resolver)
  if (!made.test(origin)) return []
  const client = /\.(\w+)(?:\(\))?$/.exec(origin)?.[1] ?? /"([^"]+)"/.exec(origin)?.[1] ?? origin
  return [{ node, client }]
}

/** Whether a client outlives the call that makes it: a variable of the module, a field, or what a function keeps outside of itself. */
function isKept(node: Node): boolean {
  const holder = node.getFirstAncestor((each) => isFunction(each) || isClass(each))
  if (!isFunction(holder)) return true
  const assignment = node.getFirstAncestor(Node.isBinaryExpression)
  if (!assignment || !isInside(assignment, holder)) return false
  const target = assignment.getLeft()
  if (!assignment.getOperatorToken().getText().endsWith('=')) return false
  const declared = Node.isIdentifier(target) ? symbolOf(target)?.getValueDeclaration() : undefined
  return !Node.isIdentifier(target) || (declared !== undefined && !isInside(declared, holder))
}

function makersBelow(node: Node): Node[] {
  const calls = node.getDescendantsOfKind(SyntaxKind.CallExpression)
  const news = node.getDescendantsOfKind(SyntaxKind.NewExpression)
  return [...news, ...calls].filter((each) => likely.test(each.getExpression().getText()))
}

/** Where a node's own callee comes from; empty for functions of this project, which make the client elsewhere. */
function ownOrigin(node: Node, resolver: Resolver): string {
  if (Node.isCallExpression(node) && resolver.callees(node).length > 0) return ''
  const callee = Node.isCallExpression(node) || Node.isNewExpression(node) ? node.getExpression() : node
  const origin = resolver.origin(callee)
  if (origin === null) return ''
  return Node.isNewExpression(node) ? `new ${origin}` : `${origin}()`
}

function whereIs(
  node: Node,
  client: string,
  all: readonly Client[],
): 'own-module' | 'second-module' | 'per-call' {
  const own = all.find((each) => each.node === node)
  const others = all.filter(
    (each) =>
      each.client === client &&
      each.folder === own?.folder &&
      fileOf(each.node) !== fileOf(node) &&
      isOneDatabase(each.node, node),
  )
  if (others.length === 0 || single.test(client) || isFirstOf(node, others)) return 'own-module'
  const isField = node.getFirstAncestor(isClass) !== undefined && !ownModule.test(fileOf(node))
  return isField ? 'per-call' : 'second-module'
}

/** Whether two clients may connect to the same database: they don't name different settings. */
function isOneDatabase(one: Node, other: Node): boolean {
  const [first, second] = [one, other].map(settingsOf)
  return !first?.length || !second?.length || first.some((name) => second.includes(name))
}

/** `DATABASE_URL`, `DB_HOST`: the names of the settings that say where a database is. */
function settingsOf(node: Node): string[] {
  return node.getText().match(/\b[A-Z][A-Z\d_]*(?:URL|URI|HOST|DATABASE|DB|NAME|STRING)\b/g) ?? []
}

/** Of several modules that hold a client, the one nearest to the root is the one that is meant. */
function isFirstOf(node: Node, others: readonly Client[]): boolean {
  return (
    ownModule.test(fileOf(node)) &&
    others.every((each) => depth(each.node) > depth(node) || !ownModule.test(fileOf(each.node)))
  )
}

function depth(node: Node): number {
  return fileOf(node).split('/').length
}
