import { Node, type CallExpression } from 'ts-morph'
import { isClass, isFunction, type ClassNode } from '../../functions.ts'
import { fileOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { decoratorsOf, mentions, propertyOf, textOf } from '../reading/decorators.ts'

/** The packages that models come from. */
export const sequelizePackages = /^(?:sequelize|sequelize-typescript|@sequelize\/core(?:\/.*)?)$/
const connection =
  /^(?:new |<)?"(?:sequelize|sequelize-typescript|@sequelize\/core)"(?:\.(?:Sequelize|default))*>?(?:\.sequelize)?$/
const modelClass = /^"(?:sequelize|sequelize-typescript|@sequelize\/core)"(?:\.Sequelize)?\.Model$/

/** A model as it is declared: by `sequelize.define`, by a class with `init`, or by decorators. */
export interface Model {
  readonly name: string
  /** The `define` call or the class. */
  readonly node: Node
  readonly attributes: Node | undefined
  readonly options: Node | undefined
}

/** All models that a program declares. */
export function declaredModels(program: Program, resolver: Resolver): Model[] {
  const defined = program.callsNamed('define').flatMap((call) => definedBy(call, resolver) ?? [])
  const initialised = program.callsNamed('init').flatMap((call) => initialisedBy(call, resolver) ?? [])
  const seen = new Set(initialised.map(({ node }) => node))
  const classes = program
    .filesWith('sequelize')
    .flatMap((file) => file.getClasses())
    .filter((node) => !seen.has(node) && !node.isAbstract() && isModelClass(node, resolver))
    .filter((node) => isDecorated(node, resolver))
    .flatMap((node): Model[] => {
      const name = node.getName()
      const table = decoratorsOf(node, sequelizePackages, resolver).find(
        (decorator) => decorator.name === 'Table',
      )
      return name === undefined ? [] : [{ name, node, attributes: undefined, options: table?.args[0] }]
    })
  return [...defined, ...initialised, ...classes]
}

/** Whether decorators make a class a model: `@Table`, or in Sequelize 7 those of its attributes alone. */
function isDecorated(node: ClassNode, resolver: Resolver): boolean {
  if (decoratorsOf(node, sequelizePackages, resolver).some(({ name }) => name === 'Table')) return true
  return node
    .getInstanceProperties()
    .some((property) => decoratorsOf(property, /^@sequelize\/core\/.*/, resolver).length > 0)
}

/** `sequelize.define('User', {…}, {…})` */
function definedBy(call: CallExpression, resolver: Resolver): Model | null {
  const callee = call.getExpression()
  const [name, attributes, options] = call.getArguments()
  const text = textOf(name)
  if (!Node.isPropertyAccessExpression(callee) || text === null || !attributes) return null
  const owner = callee.getExpression()
  if (!isConnection(owner, resolver) && !isModelFile(owner, attributes, resolver)) return null
  return { name: text, node: call, attributes, options }
}

/** Whether a `define` stands in a file that gets its connection from an index which loads it by name. */
function isModelFile(owner: Node, attributes: Node, resolver: Resolver): boolean {
  const parameter = resolver.definition(owner)
  if (!Node.isParameterDeclaration(parameter) || !isFunction(parameter.getParent())) return false
  const isUsed =
    resolver.program.dependencyVersion(fileOf(owner), 'sequelize') !== null ||
    mentions(owner.getSourceFile(), 'sequelize')
  return isUsed && /\b(?:DataTypes?|Sequelize|type)\b/.test(attributes.getText())
}

/** `User.init({…}, { sequelize })` */
function initialisedBy(call: CallExpression, resolver: Resolver): Model | null {
  const callee = call.getExpression()
  const [attributes, options] = call.getArguments()
  if (!Node.isPropertyAccessExpression(callee) || !attributes) return null
  const receiver = callee.getExpression()
  const node =
    Node.isSuperExpression(receiver) || Node.isThisExpression(receiver)
      ? receiver.getFirstAncestor(isClass)
      : resolver.definition(receiver)
  if (!node || !isClass(node) || !isModelClass(node, resolver)) return null
  const name = textOf(propertyOf(options, 'modelName')) ?? node.getName()
  return name === undefined ? null : { name: node.getName() ?? name, node, attributes, options }
}

/** Whether a class inherits from Sequelize's `Model`. */
export function isModelClass(node: Node, resolver: Resolver): boolean {
  return isClass(node) && modelClass.test(resolver.origin(node) ?? '')
}

/** Whether an expression is a connection: `new Sequelize(…)`, or declared as one. */
export function isConnection(expression: Node, resolver: Resolver): boolean {
  return connection.test(resolver.origin(expression) ?? '')
}

/** Whether a model keeps the creation and update times that Sequelize adds by itself. */
export function keepsTimes({ options }: Model): boolean {
  return propertyOf(options, 'timestamps')?.getText() !== 'false'
}
