import { Node, ts, type CallExpression, type SourceFile } from 'ts-morph'
import { calleeName, isClass, isFunction, type FunctionNode } from '../functions.ts'
import type { Resolver } from '../resolver.ts'
import { lineage, mentions } from './decorators.ts'
import { modelOf, modelsOf, type Model } from './sequelize-models.ts'
import { modelNamedLike, modelOfRow } from './sequelize-rows.ts'

/** `User.prototype.toJson = function () {…}` */
interface Prototype {
  readonly owner: Node
  readonly method: string
  readonly fn: FunctionNode
}

const prototypes = new WeakMap<ts.SourceFile, readonly Prototype[]>()

/** The methods of rows, by the name of their model and their own. */
type Methods = ReadonlyMap<string, ReadonlyMap<string, FunctionNode>>
const methods = new WeakMap<Resolver, { readonly byModel: Methods; readonly names: ReadonlySet<string> }>()

/** The functions that a call on a row runs: methods of the model's class, or of its prototype. */
export function sequelizeRowMethods(call: CallExpression, resolver: Resolver): readonly FunctionNode[] {
  const callee = call.getExpression()
  const name = calleeName(call)
  if (!Node.isPropertyAccessExpression(callee) || name === null) return []
  const { byModel, names } = methodsOf(resolver)
  if (!names.has(name)) return []
  const model = modelOfRow(callee.getExpression(), resolver) ?? modelNamedLike(callee.getExpression(), resolver)
  const fn = model ? byModel.get(model.name)?.get(name) : undefined
  return fn ? [fn] : []
}

function methodsOf(resolver: Resolver): { readonly byModel: Methods; readonly names: ReadonlySet<string> } {
  const known = methods.get(resolver)
  if (known) return known
  const byModel = new Map<string, Map<string, FunctionNode>>()
  const add = (model: Model | null, name: string, fn: FunctionNode): void => {
    if (!model) return
    const own = byModel.get(model.name) ?? new Map<string, FunctionNode>()
    byModel.set(model.name, own)
    own.set(name, fn)
  }
  const found = { byModel, names: new Set<string>() }
  methods.set(resolver, found)
  for (const model of modelsOf(resolver).byNode.values())
    if (isClass(model.node))
      for (const method of lineage(model.node, resolver).flatMap((owner) => owner.getInstanceMethods()))
        if (!method.isAbstract()) add(model, method.getName(), method)
  if (byModel.size > 0 || modelsOf(resolver).byNode.size > 0)
    for (const { owner, method, fn } of resolver.program.sourceFiles().flatMap(prototypesIn))
      add(modelOf(owner, resolver), method, fn)
  for (const own of byModel.values()) for (const name of own.keys()) found.names.add(name)
  return found
}

function prototypesIn(file: SourceFile): readonly Prototype[] {
  const known = prototypes.get(file.compilerNode)
  if (known) return known
  const found = mentions(file, '.prototype.') ? file.getDescendantsOfKind(ts.SyntaxKind.BinaryExpression).flatMap(prototypeBy) : []
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
