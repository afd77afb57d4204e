import { Node, ts, type CallExpression, type SourceFile } from 'ts-morph'
import { bare, calleeName, isClass, isFunction, type FunctionNode } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import type { Resolver } from '../../resolver.ts'
import { lineage, mentions } from '../reading/decorators.ts'
import { queryOfRow } from '../reading/rows.ts'
import { associationNamed, associationsOf, mixinNamed } from './associations.ts'
import { isModelClass, type Model } from './declarations.ts'
import { modelOf, modelsOf } from './models.ts'

/** Methods of a model that give rows of it. */
const givingRows = new Set([
  'findAll',
  'findAndCountAll',
  'findOne',
  'findByPk',
  'findById',
  'create',
  'bulkCreate',
  'findOrCreate',
  'findOrBuild',
  'build',
  'upsert',
])

const answers = new Topic<Model | null>(null)

/** The model whose row an expression is: made, declared, read by a query, or `this` in a method of rows; null where nothing says it. */
export function modelOfRow(expression: Node, resolver: Resolver): Model | null {
  return resolver.remember(answers, expression, () => find(expression, resolver))
}

function find(expression: Node, resolver: Resolver): Model | null {
  const value = bare(expression)
  if (Node.isThisExpression(value))
    return modelOfPrototype(value, resolver) ?? modelOfInstance(value, resolver)
  const instance = modelOfInstance(value, resolver)
  if (instance) return instance
  const made = resolver.definition(value)
  if (Node.isNewExpression(made)) return modelOf(made.getExpression(), resolver)
  const isSource = (call: CallExpression): boolean => modelOfSource(call, resolver) !== null
  const source = queryOfRow(value, isSource, resolver, (call) => sequelizeRowMethods(call, resolver))
  return source ? modelOfSource(source, resolver) : modelOfRelated(value, resolver)
}

/** `comment.author`, where comments have one author. */
function modelOfRelated(value: Node, resolver: Resolver): Model | null {
  const related = Node.isPropertyAccessExpression(value) ? value : resolver.definition(value)
  if (!Node.isPropertyAccessExpression(related)) return null
  const names = [...associationsOf(resolver).values()].flat().map(({ as }) => as)
  if (!names.includes(related.getName())) return null
  const owner = modelOfRow(related.getExpression(), resolver)
  const association = owner ? associationNamed(owner.name, related.getName(), resolver) : undefined
  return association && !association.many ? (modelsOf(resolver).byName.get(association.target) ?? null) : null
}

function modelOfInstance(value: Node, resolver: Resolver): Model | null {
  const owner = resolver.classOf(value) ?? undefined
  if (!isClass(owner) || !isModelClass(owner, resolver)) return null
  const known = modelsOf(resolver).byNode.get(owner)
  const name = owner.getName()
  return (
    known ?? (name === undefined ? null : { name, node: owner, attributes: undefined, options: undefined })
  )
}

/** The model whose rows a call gives: `User.findOne(…)`, `article.getComments()`. */
function modelOfSource(call: CallExpression, resolver: Resolver): Model | null {
  const callee = call.getExpression()
  const name = calleeName(call)
  if (!Node.isPropertyAccessExpression(callee) || name === null) return null
  if (givingRows.has(name)) return modelOf(callee.getExpression(), resolver)
  if (!/^(?:get|create)[A-Z]/.test(name)) return null
  const owner =
    modelOfRow(callee.getExpression(), resolver) ?? modelOfName(callee.getExpression(), name, resolver)
  const mixin = owner && mixinNamed(name, owner.name, resolver)
  return mixin ? (modelsOf(resolver).byName.get(mixin.association.target) ?? null) : null
}

/** `this` in `User.prototype.toJson = function () { … }`, and in functions of `instanceMethods`. */
function modelOfPrototype(node: Node, resolver: Resolver): Model | null {
  for (const ancestor of node.getAncestors()) {
    if (isClass(ancestor)) return null
    if (!Node.isFunctionExpression(ancestor)) continue
    const assignment = ancestor.getParent()
    const target = Node.isBinaryExpression(assignment) ? assignment.getLeft() : undefined
    const prototype = Node.isPropertyAccessExpression(target) ? target.getExpression() : undefined
    if (!Node.isPropertyAccessExpression(prototype) || prototype.getName() !== 'prototype') return null
    return modelOf(prototype.getExpression(), resolver)
  }
  return null
}

/**
 * The model that a name stands for which comes from outside every function that can be followed, as `req.article`: only
 * where the model of that name has an association for the method that is called.
 */
export function modelOfName(expression: Node, method: string, resolver: Resolver): Model | null {
  const model = modelNamedLike(bare(expression), resolver)
  return model && mixinNamed(method, model.name, resolver) ? model : null
}

/** The model with the name of a parameter, or of a request's property, about which code says nothing else. */
export function modelNamedLike(value: Node, resolver: Resolver): Model | null {
  const owner = Node.isPropertyAccessExpression(value) ? value.getExpression() : value
  const root = resolver.definition(owner)
  if (!Node.isParameterDeclaration(root)) return null
  const isProperty = Node.isPropertyAccessExpression(value)
  const origin = resolver.origin(value) ?? ''
  if (isProperty ? !/^$|\(@\d+\)\.\w+$/.test(origin) : origin !== '' || root.getTypeNode() !== undefined)
    return null
  const name = (isProperty ? value.getName() : value.getText()).toLowerCase()
  return [...modelsOf(resolver).byName.values()].find((model) => model.name.toLowerCase() === name) ?? null
}

/** `User.prototype.toJson = function () {…}` */
interface Prototype {
  readonly owner: Node
  readonly method: string
  readonly fn: FunctionNode
}

const prototypes = new WeakMap<ts.SourceFile, readonly Prototype[]>()

/** The methods of rows, by the name of their model and their own. */
type Methods = ReadonlyMap<string, ReadonlyMap<string, FunctionNode>>
const methods = new Topic<Methods>(new Map())
const methodNames = new Topic<ReadonlySet<string>>(new Set())

/** The functions that a call on a row runs: methods of the model's class, or of its prototype. */
export function sequelizeRowMethods(call: CallExpression, resolver: Resolver): readonly FunctionNode[] {
  const callee = call.getExpression()
  const name = calleeName(call)
  if (!Node.isPropertyAccessExpression(callee) || name === null) return []
  if (!methodNamesIn(resolver).has(name)) return []
  const model =
    modelOfRow(callee.getExpression(), resolver) ?? modelNamedLike(callee.getExpression(), resolver)
  const fn = model ? methodsOf(resolver).get(model.name)?.get(name) : undefined
  return fn ? [fn] : []
}

function methodNamesIn(resolver: Resolver): ReadonlySet<string> {
  return resolver.remember(methodNames, 'all', () => {
    return new Set([...methodsOf(resolver).values()].flatMap((own) => [...own.keys()]))
  })
}

function methodsOf(resolver: Resolver): Methods {
  return resolver.remember(methods, 'all', () => readMethods(resolver))
}

function readMethods(resolver: Resolver): Methods {
  const byModel = new Map<string, Map<string, FunctionNode>>()
  const add = (model: Model | null, name: string, fn: FunctionNode): void => {
    if (!model) return
    const own = byModel.get(model.name) ?? new Map<string, FunctionNode>()
    byModel.set(model.name, own)
    own.set(name, fn)
  }
  for (const model of modelsOf(resolver).byNode.values())
    if (isClass(model.node))
      for (const method of lineage(model.node, resolver).flatMap((owner) => owner.getInstanceMethods()))
        if (!method.isAbstract()) add(model, method.getName(), method)
  if (byModel.size > 0 || modelsOf(resolver).byNode.size > 0)
    for (const { owner, method, fn } of resolver.program.filesWith('.prototype.').flatMap(prototypesIn))
      add(modelOf(owner, resolver), method, fn)
  return byModel
}

function prototypesIn(file: SourceFile): readonly Prototype[] {
  const known = prototypes.get(file.compilerNode)
  if (known) return known
  const found = mentions(file, '.prototype.')
    ? file.getDescendantsOfKind(ts.SyntaxKind.BinaryExpression).flatMap(prototypeBy)
    : []
  prototypes.set(file.compilerNode, found)
  return found
}

function prototypeBy(assignment: Node): Prototype[] {
  if (!Node.isBinaryExpression(assignment) || assignment.getOperatorToken().getText() !== '=') return []
  const target = assignment.getLeft()
  const fn = assignment.getRight()
  const prototype = Node.isPropertyAccessExpression(target) ? target.getExpression() : undefined
  if (!Node.isPropertyAccessExpression(target) || !Node.isPropertyAccessExpression(prototype)) return []
  if (prototype.getName() !== 'prototype' || !isFunction(fn)) return []
  return [{ owner: prototype.getExpression(), method: target.getName(), fn }]
}
