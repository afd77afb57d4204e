import { Node } from 'ts-morph'
import { isFunction } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import {
  entityIn,
  receiverIn,
  type Entity,
  type Library,
  type Receiver,
} from '../reading/repository-receivers.ts'

/** How TypeORM's repositories, managers and entities come about. */
const library: Library = {
  packages: /^typeorm$/,
  handle:
    /^(?:(?:new |<)"typeorm"\.(?:DataSource|Connection|(?:Mongo)?EntityManager|QueryRunner)>?|"typeorm"\.(?:createConnection|getConnection|getManager|getMongoManager)\(\))(?:\.(?:initialize|connect|createQueryRunner|createEntityManager)\(\)|\.(?:manager|connection|dataSource)|\.transaction\(@0\)|\(@0\))*$/,
  repository: /^(?:new |<)"typeorm"\.(?:Tree|Mongo|Abstract)?Repository>?$/,
  repositoryClass: /^"typeorm"\.(?:Tree|Mongo|Abstract)?Repository$/,
  activeRecord: '"typeorm".BaseEntity',
  giving: new Set([
    'getRepository',
    'getTreeRepository',
    'getMongoRepository',
    'getCustomRepository',
    'withRepository',
    'extend',
  ]),
  givingFunction: /^"typeorm"\.get\w*Repository$/,
  injecting: /^(?:@nestjs\/typeorm|typeorm-typedi-extensions?)$/,
  schemaClass: /^"typeorm"\.EntitySchema$/,
  isTransactional,
}

/** Reads what TypeORM's methods are called on; null for anything else. */
export function receiverOf(expression: Node, resolver: Resolver): Receiver | null {
  return receiverIn(library, expression, resolver)
}

/** The entity that an argument names: a class, a schema, or a text. */
export function entityOf(node: Node | undefined, resolver: Resolver): Entity | null {
  return entityIn(library, node, resolver)
}

/** Whether a manager was handed to a transaction's callback, or is that of a runner that started one here. */
function isTransactional(node: Node, origin: string): boolean {
  if (/\.transaction\(@0\)/.test(origin)) return true
  if (
    Node.isParameterDeclaration(node) &&
    node.getDecorators().some((decorator) => decorator.getName() === 'TransactionManager')
  )
    return true
  if (!/QueryRunner/.test(origin)) return false
  const fn = node.getFirstAncestor(isFunction)
  return /\.startTransaction\(/.test(fn?.getText() ?? '')
}
