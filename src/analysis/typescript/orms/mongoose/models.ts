import { Node, type CallExpression } from 'ts-morph'
import { bare, isClass } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import type { Resolver } from '../../resolver.ts'
import { decoratorsOf, nameGivenBy, textOf } from '../reading/decorators.ts'

const connection =
  '(?:"mongoose"|<"mongoose"\\.Connection>)(?:\\.default|\\.connection|\\.createConnection\\(\\)|\\.useDb\\(\\)|\\.asPromise\\(\\))*'
const made = new RegExp(
  `^(?:${connection}\\.model\\(\\)|"@typegoose/typegoose"\\.(?:getModelForClass|addModelToTypegoose|getDiscriminatorModelForClass)\\(\\)|${connection}\\.models\\.\\w+)$`,
)
const typed =
  /^<"(?:mongoose|mongoose-paginate-v2|mongoose-delete|@typegoose\/typegoose(?:\/lib\/types)?)"\.(?:\w*Model|ReturnModelType|ModelType)>$/

/** What a model expression stands for: the name of the model, and the call that makes it where that is known. */
export interface Model {
  readonly name: string | null
  readonly call: CallExpression | null
}

const models = new Topic<Model | null>(null)

/** The model that an expression stands for, or null. */
export function modelOf(expression: Node, resolver: Resolver): Model | null {
  const node = settled(resolver.instance(expression), resolver)
  return resolver.remember(models, node, () => readModel(node, resolver))
}

/** `models.User ? model('User') : model('User', schema)` without the choice. */
function settled(node: Node, resolver: Resolver): Node {
  return Node.isConditionalExpression(node) ? resolver.instance(node.getWhenFalse()) : node
}

function readModel(node: Node, resolver: Resolver): Model | null {
  const origin = resolver.origin(node) ?? ''
  if (made.test(origin)) {
    if (!Node.isCallExpression(node)) return { name: origin.split('.').at(-1) ?? null, call: null }
    return { name: modelName(node.getArguments()[0], resolver), call: node }
  }
  if (typed.test(origin)) return { name: typedName(node, resolver), call: null }
  const base = isClass(node) ? node.getExtends()?.getExpression() : undefined
  return base && Node.isCallExpression(bare(base)) ? modelOf(base, resolver) : null
}

/** `'User'`, `User.name`, a class, or a constant that holds the name. */
function modelName(argument: Node | undefined, resolver: Resolver): string | null {
  if (!argument) return null
  if (Node.isPropertyAccessExpression(argument) && argument.getName() === 'name')
    return nameGivenBy(argument.getExpression(), resolver)
  return textOf(resolver.definition(argument)) ?? nameGivenBy(argument, resolver)
}

/** The name in `@InjectModel(User.name) model: Model<UserDocument>`, or in its type. */
function typedName(node: Node, resolver: Resolver): string | null {
  const [injected] = decoratorsOf(
    node,
    /^(?:@nestjs\/mongoose|nestjs-typegoose|@m8a\/nestjs-typegoose)$/,
    resolver,
  )
  if (injected?.name === 'InjectModel') return modelName(injected.args[0], resolver)
  const type = Node.isTyped(node) ? node.getTypeNode() : undefined
  const argument = Node.isTypeReference(type) ? type.getTypeArguments()[0] : undefined
  const name = Node.isTypeReference(argument)
    ? argument.getTypeName().getText()
    : (argument?.getText() ?? null)
  if (name === null || /^[A-Z]$|^any$|^unknown$|\W/.test(name)) return null
  return name.replace(/^I(?=[A-Z][a-z])/, '').replace(/(?:Document|Doc|Class)$/, '') || name
}
