import { Node, type CallExpression } from 'ts-morph'
import { bare, isClass, isFunction, returnedExpressions, type ClassNode } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import type { Resolver } from '../../resolver.ts'
import { decoratorsOf, propertyOf, textOf } from '../reading/decorators.ts'
import { declaredModels, isConnection, isModelClass, sequelizePackages, type Model } from './declarations.ts'

const modelTypes = new Set(['ModelStatic', 'ModelCtor', 'ModelDefined', 'Repository', 'ModelType'])
/** Methods of a model that give the model itself, restricted. */
const scoping = new Set([
  'scope',
  'unscoped',
  'schema',
  'withScope',
  'withInitialScope',
  'withoutScope',
  'withSchema',
])
const maximumDepth = 8

/** All models of a program. */
export interface Models {
  readonly byName: ReadonlyMap<string, Model>
  readonly byNode: ReadonlyMap<Node, Model>
}

const indexes = new Topic<Models>({ byName: new Map(), byNode: new Map() })

/** The models that a program declares. */
export function modelsOf(resolver: Resolver): Models {
  return resolver.remember(indexes, 'all', () => {
    const byName = new Map<string, Model>()
    const byNode = new Map<Node, Model>()
    for (const model of declaredModels(resolver.program, resolver)) {
      byNode.set(model.node, model)
      const alias = textOf(propertyOf(model.options, 'modelName'))
      for (const name of [model.name, alias ?? model.name]) if (!byName.has(name)) byName.set(name, model)
    }
    return { byName, byNode }
  })
}

const answers = new Topic<Model | null>(null)

/** The model that an expression stands for, scopes included; null for anything else. */
export function modelOf(expression: Node, resolver: Resolver, depth = 0): Model | null {
  return resolver.remember(answers, expression, () =>
    depth > maximumDepth ? null : find(expression, resolver, depth),
  )
}

function find(expression: Node, resolver: Resolver, depth: number): Model | null {
  const models = modelsOf(resolver)
  const written = bare(expression)
  if (Node.isThisExpression(written)) return modelOfThis(written, resolver)
  if (Node.isPropertyAccessExpression(written) && written.getName() === 'constructor') {
    const owner = resolver.classOf(written.getExpression()) ?? undefined
    return isClass(owner) ? modelOfClass(owner, resolver) : null
  }
  for (const node of [resolver.definition(written), resolver.instance(written)]) {
    const direct = models.byNode.get(node)
    if (direct) return direct
    if (isClass(node)) return modelOfClass(node, resolver)
    if (Node.isCallExpression(node)) {
      const given = modelGivenBy(node, resolver, depth)
      if (given) return given
    }
    if (Node.isNewExpression(node)) return null
    const typed = Node.isTyped(node) ? modelOfType(node.getTypeNode(), resolver, depth) : null
    if (typed) return typed
    if (Node.isParameterDeclaration(node)) {
      const injected = decoratorsOf(node, /^@nestjs\/sequelize$/, resolver).find(
        ({ name }) => name === 'InjectModel',
      )
      return injected?.args[0]
        ? modelOf(injected.args[0], resolver, depth + 1)
        : modelOfArgument(node, resolver, depth)
    }
    const named = modelNamedBy(node, resolver)
    if (named) return named
  }
  return null
}

function modelOfClass(node: ClassNode, resolver: Resolver): Model | null {
  const known = modelsOf(resolver).byNode.get(node)
  if (known) return known
  const name = node.getName()
  return name !== undefined && isModelClass(node, resolver)
    ? { name, node, attributes: undefined, options: undefined }
    : null
}

/** `this` in a static method of a model's class. */
function modelOfThis(node: Node, resolver: Resolver): Model | null {
  const owner = node.getFirstAncestor(isClass)
  const member = owner && node.getFirstAncestor((ancestor) => ancestor.getParent() === owner)
  const isStatic = Node.isStaticable(member) && member.isStatic()
  return owner && isStatic ? modelOfClass(owner, resolver) : null
}

/** `User.scope('active')`, a static method that gives the model restricted, `User.init(…)`, `sequelize.model('User')`. */
function modelGivenBy(call: CallExpression, resolver: Resolver, depth: number): Model | null {
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee)) return null
  const name = callee.getName()
  const owner = callee.getExpression()
  if (scoping.has(name) || name === 'init') {
    const model = Node.isSuperExpression(owner)
      ? modelOfSuper(owner, resolver)
      : modelOf(owner, resolver, depth + 1)
    if (model) return model
  }
  const [argument] = call.getArguments()
  if ((name === 'model' || name === 'getRepository') && argument && isConnection(owner, resolver))
    return modelsOf(resolver).byName.get(textOf(argument) ?? '') ?? modelOf(argument, resolver, depth + 1)
  const isScope = resolver.callees(call).some((fn) => returnedExpressions(fn).some(isScopeOfThis))
  return isScope ? modelOf(owner, resolver, depth + 1) : null
}

function modelOfSuper(node: Node, resolver: Resolver): Model | null {
  const owner = node.getFirstAncestor(isClass)
  return owner ? modelOfClass(owner, resolver) : null
}

/** `this.scope(…)`, with nothing behind it that would run a query. */
function isScopeOfThis(expression: Node): boolean {
  const value = bare(expression)
  if (Node.isThisExpression(value)) return true
  const callee = Node.isCallExpression(value) ? value.getExpression() : undefined
  return (
    Node.isPropertyAccessExpression(callee) &&
    scoping.has(callee.getName()) &&
    isScopeOfThis(callee.getExpression())
  )
}

/** `typeof User`, `ModelStatic<User>`, or an interface that extends it. */
function modelOfType(type: Node | undefined, resolver: Resolver, depth: number): Model | null {
  if (Node.isTypeQuery(type)) return modelOf(type.getExprName(), resolver, depth + 1)
  if (Node.isUnionTypeNode(type) || Node.isIntersectionTypeNode(type)) {
    for (const member of type.getTypeNodes()) {
      const model = modelOfType(member, resolver, depth)
      if (model) return model
    }
    return null
  }
  if (!Node.isTypeReference(type)) return null
  const name = type.getTypeName()
  const text = Node.isQualifiedName(name) ? name.getRight().getText() : name.getText()
  const [argument] = type.getTypeArguments()
  if (
    !modelTypes.has(text) ||
    !sequelizePackages.test(/"([^"]+)"/.exec(resolver.origin(name) ?? '')?.[1] ?? '')
  )
    return null
  if (Node.isTypeQuery(argument)) return modelOfType(argument, resolver, depth)
  const target = Node.isTypeReference(argument) ? resolver.definition(argument.getTypeName()) : undefined
  return isClass(target) ? modelOfClass(target, resolver) : null
}

/** What the callers of a function hand over for a parameter that says nothing itself. */
function modelOfArgument(parameter: Node, resolver: Resolver, depth: number): Model | null {
  const fn = parameter.getParent()
  if (!isFunction(fn)) return null
  const index = fn.getParameters().findIndex((candidate) => candidate === parameter)
  for (const caller of resolver.callersOf(fn).slice(0, 4)) {
    const argument = caller.getArguments()[index]
    const model = argument ? modelOf(argument, resolver, depth + 1) : null
    if (model) return model
  }
  return null
}

/** `sequelize.models.User`, `db.User` of the file that collects the models, `{ User }` taken out of either. */
function modelNamedBy(node: Node, resolver: Resolver): Model | null {
  const part = partOf(node)
  const model = part && modelsOf(resolver).byName.get(part.name)
  if (!part || !model) return null
  if (isModelsOfConnection(part.owner) || isConnection(part.owner, resolver)) return model
  const root = resolver.definition(part.owner)
  const file = Node.isCallExpression(root)
    ? (resolver.module(root) ?? root.getSourceFile())
    : root.getSourceFile()
  const isOutside =
    Node.isParameterDeclaration(root) || Node.isImportSpecifier(root) || Node.isImportClause(root)
  return !isOutside && collectsModels(file) ? model : null
}

/** Whether the owner of a property is `.models`, which only what knows all models has. */
function isModelsOfConnection(owner: Node): boolean {
  const value = bare(owner)
  if (Node.isPropertyAccessExpression(value)) return value.getName() === 'models'
  return false
}

function collectsModels(file: Node): boolean {
  return (
    Node.isSourceFile(file) &&
    /\bsequelize\b/i.test(file.getFullText()) &&
    /\bnew\s+[\w.]*Sequelize\s*\(|\.associate\b|from\s+['"]sequelize|require\(['"]sequelize/.test(
      file.getFullText(),
    )
  )
}

function partOf(node: Node): { readonly owner: Node; readonly name: string } | null {
  if (Node.isPropertyAccessExpression(node)) return { owner: node.getExpression(), name: node.getName() }
  if (Node.isElementAccessExpression(node)) {
    const name = textOf(node.getArgumentExpression())
    return name === null ? null : { owner: node.getExpression(), name }
  }
  if (!Node.isBindingElement(node) || !Node.isObjectBindingPattern(node.getParent())) return null
  const holder = node.getParent().getParent()
  const owner = Node.isVariableDeclaration(holder) ? holder.getInitializer() : undefined
  const name = (node.getPropertyNameNode() ?? node.getNameNode()).getText()
  return owner ? { owner, name } : null
}
