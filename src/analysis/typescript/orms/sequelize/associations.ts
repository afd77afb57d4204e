import { Node, type CallExpression } from 'ts-morph'
import { capitalized, lowerFirst, plural, singular } from '../../../words.ts'
import { isClass } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import type { Resolver } from '../../resolver.ts'
import {
  classNamedBy,
  decoratorsOf,
  lineage,
  nameGivenBy,
  objectsIn,
  propertyOf,
  textOf,
} from '../reading/decorators.ts'
import { sequelizePackages, type Model } from './declarations.ts'
import { modelOf, modelsOf } from './models.ts'

/** How a model is joined to another, as its declaration says. */
export interface Association {
  readonly source: string
  readonly target: string
  /** The name under which rows are brought along. */
  readonly as: string
  readonly many: boolean
  /** The attribute that holds the key: of the source for `belongsTo`, of the target for `hasOne` and `hasMany`. */
  readonly foreignKey: string | null
  readonly holdsKey: boolean
  /** Whether a table of its own joins the two. */
  readonly isJoined: boolean
  readonly node: Node
}

const kinds = ['hasMany', 'hasOne', 'belongsTo', 'belongsToMany'] as const
type Kind = (typeof kinds)[number]

const associations = new Topic<ReadonlyMap<string, readonly Association[]>>(new Map())

/** The associations of all models, by the name of the model that has them. */
export function associationsOf(resolver: Resolver): ReadonlyMap<string, readonly Association[]> {
  return resolver.remember(associations, 'all', () => readAssociations(resolver))
}

function readAssociations(resolver: Resolver): ReadonlyMap<string, readonly Association[]> {
  const bySource = new Map<string, Association[]>()
  const called = kinds.flatMap((kind) =>
    resolver.program.callsNamed(kind).flatMap((call) => associatedBy(call, kind, resolver) ?? []),
  )
  const decorated = [...modelsOf(resolver).byNode.values()].flatMap((model) => decoratedIn(model, resolver))
  for (const association of [...called, ...decorated]) {
    const list = bySource.get(association.source) ?? []
    bySource.set(association.source, list)
    if (!list.some(({ as }) => as === association.as)) list.push(association)
  }
  return bySource
}

/** The association of a model under a name. */
export function associationNamed(model: string, as: string, resolver: Resolver): Association | undefined {
  return associationsOf(resolver)
    .get(model)
    ?.find((association) => association.as === as)
}

/** `User.hasMany(Post, { as: 'posts', foreignKey: 'authorId' })` */
function associatedBy(call: CallExpression, kind: Kind, resolver: Resolver): Association | null {
  const callee = call.getExpression()
  const [targetNode, options] = call.getArguments()
  if (!Node.isPropertyAccessExpression(callee) || !targetNode) return null
  const source = sourceOf(callee.getExpression(), resolver)
  const target = modelOf(targetNode, resolver)?.name ?? nameInIndex(targetNode, resolver)
  if (!source || target === null) return null
  return associationFrom(kind, source, target, options, null, call)
}

function sourceOf(node: Node, resolver: Resolver): string | null {
  const model = modelOf(node, resolver)
  return model?.name ?? nameInIndex(node, resolver)
}

/** `models.Post` of what an `associate` function is given, and `db.Post`. */
function nameInIndex(node: Node, resolver: Resolver): string | null {
  if (!Node.isPropertyAccessExpression(node) && !Node.isBindingElement(node) && !Node.isIdentifier(node))
    return null
  const part = Node.isIdentifier(node) ? resolver.definition(node) : node
  const name = Node.isPropertyAccessExpression(part)
    ? part.getName()
    : Node.isBindingElement(part)
      ? (part.getPropertyNameNode() ?? part.getNameNode()).getText()
      : null
  if (name === null) return null
  return modelsOf(resolver).byName.get(name)?.name ?? null
}

function associationFrom(
  kind: Kind,
  source: string,
  target: string,
  options: Node | undefined,
  property: string | null,
  node: Node,
): Association {
  const many = kind === 'hasMany' || kind === 'belongsToMany'
  const written = propertyOf(options, 'as')
  const as =
    property ?? textOf(written) ?? textOf(propertyOf(written, 'plural')) ?? (many ? plural(target) : target)
  const key = propertyOf(options, 'foreignKey') ?? (Node.isStringLiteral(options) ? options : undefined)
  const named = textOf(key) ?? textOf(propertyOf(key, 'name')) ?? textOf(propertyOf(key, 'fieldName'))
  const owner = kind === 'belongsTo' ? (property ?? textOf(written) ?? target) : source
  const foreignKey = kind === 'belongsToMany' ? null : (named ?? `${lowerFirst(owner)}Id`)
  return {
    source,
    target,
    as,
    many,
    foreignKey,
    holdsKey: kind === 'belongsTo',
    isJoined: kind === 'belongsToMany',
    node,
  }
}

/** `@HasMany(() => Post, 'authorId') posts: Post[]` */
function decoratedIn(model: Model, resolver: Resolver): Association[] {
  if (!isClass(model.node)) return []
  const properties = lineage(model.node, resolver).flatMap((owner) => owner.getInstanceProperties())
  return properties.flatMap((property) => {
    const decorators = decoratorsOf(property, sequelizePackages, resolver)
    return decorators.flatMap(({ name, args }): Association[] => {
      const kind = kinds.find((candidate) => capitalized(candidate) === name)
      const target = nameGivenBy(args[0], resolver)
      if (!kind || target === null) return []
      const foreignKey = args.slice(1).find((argument) => Node.isStringLiteral(argument))
      const options = objectsIn(args)[0] ?? (kind === 'belongsToMany' ? undefined : foreignKey)
      const association = associationFrom(kind, model.name, target, options, property.getName(), property)
      const own = kind === 'belongsTo' && !options ? declaredKey(model, target, resolver) : null
      return [own === null ? association : { ...association, foreignKey: own }]
    })
  })
}

/** The attribute that `@ForeignKey(() => User)` marks as the key of a model. */
function declaredKey(model: Model, target: string, resolver: Resolver): string | null {
  if (!isClass(model.node)) return null
  const marked = lineage(model.node, resolver)
    .flatMap((owner) => owner.getInstanceProperties())
    .filter((property) =>
      decoratorsOf(property, sequelizePackages, resolver).some(
        ({ name, args }) =>
          name === 'ForeignKey' &&
          (classNamedBy(args[0], resolver)?.getName() ?? nameGivenBy(args[0], resolver)) === target,
      ),
    )
  const [only, ...others] = marked
  return only && others.length === 0 ? only.getName() : null
}

const verbs = ['get', 'count', 'has', 'set', 'add', 'remove', 'create'] as const

/** What a mixin method of a row does. */
export interface Mixin {
  readonly association: Association
  readonly verb: (typeof verbs)[number]
  /** Whether its name stands for several rows: `addTags`. */
  readonly isPlural: boolean
}

/** Reads a method's name as one that Sequelize gives rows of a model for its associations: `getComments`, `addTag`. */
export function mixinNamed(method: string, model: string, resolver: Resolver): Mixin | null {
  const [, start, rest] = /^([a-z]+)([A-Z]\w*)$/.exec(method) ?? []
  const verb = verbs.find((candidate) => candidate === start)
  if (verb === undefined || rest === undefined) return null
  for (const association of associationsOf(resolver).get(model) ?? []) {
    const name = capitalized(association.as)
    const one = capitalized(singular(association.as))
    if (rest !== name && !(association.many && rest === one)) continue
    return { association, verb, isPlural: association.many && rest === name }
  }
  return null
}
