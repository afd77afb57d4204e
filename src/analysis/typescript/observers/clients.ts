import { Node, SyntaxKind, type SourceFile } from 'ts-morph'
import { isSupportFile } from '../../source-tree.ts'
import { isClass, isFunction } from '../functions.ts'
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

/** Database clients, each with its own connections: the second one halves what the first one may have. */
export const clients: Observer = {
  id: 'clients',
  observeProgram: (program, resolver) => {
    const found = clientsIn(program, resolver)
    return found.flatMap(({ node, client }): Observation[] => {
      const where = whereIs(node, client, found)
      return [{ node, detail: { kind: 'client-made', client, where } }]
    })
  },
}

interface Client {
  readonly node: Node
  readonly client: string
  readonly folder: string
}

function clientsIn(program: Program, resolver: Resolver): Client[] {
  return program
    .filesWith(likely)
    .filter((file) => !isSupportFile(fileOf(file)))
    .flatMap((file) =>
      makersIn(file).flatMap((node): Client[] => {
        const origin = ownOrigin(node, resolver)
        if (!made.test(origin)) return []
        const client = /\.(\w+)(?:\(\))?$/.exec(origin)?.[1] ?? /"([^"]+)"/.exec(origin)?.[1] ?? origin
        return [{ node, client, folder: program.packageFolder(fileOf(file)) }]
      }),
    )
}

function makersIn(file: SourceFile): Node[] {
  const calls = file.getDescendantsOfKind(SyntaxKind.CallExpression)
  const news = file.getDescendantsOfKind(SyntaxKind.NewExpression)
  return [...news, ...calls].filter((node) => likely.test(node.getExpression().getText()))
}

/** Where a node's own callee comes from; empty for functions of this project, which make the client elsewhere. */
function ownOrigin(node: Node, resolver: Resolver): string {
  if (Node.isCallExpression(node) && resolver.callees(node).length > 0) return ''
  const made = Node.isCallExpression(node) || Node.isNewExpression(node) ? node.getExpression() : node
  const origin = resolver.origin(made)
  if (origin === null) return ''
  return Node.isNewExpression(node) ? `new ${origin}` : `${origin}()`
}

function whereIs(
  node: Node,
  client: string,
  all: readonly Client[],
): 'own-module' | 'second-module' | 'per-call' {
  const own = all.find((each) => each.node === node)
  const inFunction = node.getFirstAncestor((each) => isFunction(each) || isClass(each))
  if (inFunction && !ownModule.test(fileOf(node))) return 'per-call'
  const others = all.filter((each) => each !== own && each.client === client && each.folder === own?.folder)
  const isElsewhere = others.some(
    (each) => fileOf(each.node) !== fileOf(node) && ownModule.test(fileOf(each.node)),
  )
  return isElsewhere && !isFirstOf(node, others) ? 'second-module' : 'own-module'
}

/** Of several modules that hold a client, the one nearest to the root is the one that is meant. */
function isFirstOf(node: Node, others: readonly Client[]): boolean {
  const depth = (each: Node): number => fileOf(each).split('/').length
  return (
    ownModule.test(fileOf(node)) &&
    others.every((each) => depth(each.node) > depth(node) || !ownModule.test(fileOf(each.node)))
  )
}
