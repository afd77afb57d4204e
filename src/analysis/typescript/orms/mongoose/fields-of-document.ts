import { Node } from 'ts-morph'
import type { DocumentField, UniquePaths } from '../../../../model/document-model.ts'
import { bare, type ClassNode } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import {
  classNamedBy,
  decoratorsOf,
  lineage,
  nameGivenBy,
  propertyOf,
  textOf,
} from '../reading/decorators.ts'
import { enumValues, numberOf, optionValue, patternOf } from './literals.ts'
import { isMadeByClass, schemaNode } from './schema-node.ts'

const propPackages = /^(?:@nestjs\/mongoose|@typegoose\/typegoose)$/
const deepest = 6

const typeNames: Readonly<Record<string, string>> = {
  string: 'String',
  number: 'Number',
  boolean: 'Boolean',
  bool: 'Boolean',
  date: 'Date',
  buffer: 'Buffer',
  objectid: 'ObjectId',
  oid: 'ObjectId',
  decimal128: 'Decimal128',
  double: 'Double',
  int32: 'Int32',
  bigint: 'BigInt',
  long: 'BigInt',
  uuid: 'UUID',
  map: 'Map',
}

/** Reads what schemas say of their documents, field by field, nested documents under their paths. */
export class FieldReader {
  readonly uniques: UniquePaths[] = []
  private readonly resolver: Resolver
  private depth = 0

  constructor(resolver: Resolver) {
    this.resolver = resolver
  }

  /** The fields of `new Schema(…)`, of `SchemaFactory.createForClass(…)`, or of an object that describes a document. */
  ofSchema(schema: Node, prefix: string): readonly DocumentField[] {
    if (this.depth >= deepest) return []
    this.depth++
    try {
      const made = schemaNode(schema, this.resolver)
      const [first] = made?.getArguments() ?? [schema]
      const owner = made && isMadeByClass(made, this.resolver) ? classNamedBy(first, this.resolver) : null
      if (owner !== null) return this.ofClass(owner, prefix)
      const definition = first && bare(this.resolver.definition(first))
      const fields = definition === undefined ? [] : this.ofObject(definition, prefix)
      return [...fields, ...timestamps(made?.getArguments()[1], prefix, this.resolver)]
    } finally {
      this.depth--
    }
  }

  /** A document with a schema of its own has an id of its own, unless it says no. */
  private ofSubdocument(schema: Node, path: string): readonly DocumentField[] {
    const fields = this.ofSchema(schema, `${path}.`)
    const options = schemaNode(schema, this.resolver)?.getArguments()[1]
    const hasId = propertyOf(options && bare(this.resolver.definition(options)), '_id')?.getText() !== 'false'
    return hasId && !fields.some((field) => field.path === `${path}._id`)
      ? [...fields, ownId(`${path}.`)]
      : fields
  }

  /** The decorated properties of a class and of those above it. */
  ofClass(owner: ClassNode, prefix: string): readonly DocumentField[] {
    const fields = lineage(owner, this.resolver).flatMap((each) =>
      each.getInstanceProperties().flatMap((property): readonly DocumentField[] => {
        const prop = decoratorsOf(property, propPackages, this.resolver).find(({ name }) =>
          /^[Pp]rop$/.test(name),
        )
        if (!prop || !Node.isPropertyDeclaration(property)) return []
        const declared = property.getTypeNode()?.getText() ?? ''
        const [given] = prop.args
        const options = given && bare(this.resolver.definition(bare(given)))
        const path = prefix + property.getName()
        const type = propertyOf(options, 'type') ?? propertyOf(options, 'ref')
        if (Node.isArrayLiteralExpression(options) || (type && propertyOf(options, 'type')))
          return this.ofValue(path, options ?? property)
        const [, element = declared] =
          /^(?:Types\.)?(?:Array|DocumentArray)<(.*)>$|^(.*)\[\]$/.exec(declared)?.filter(Boolean) ?? []
        const inner = this.typeNamed(element)
        return [this.field(path, inner, options, element !== declared)]
      }),
    )
    const [schema] = decoratorsOf(owner, propPackages, this.resolver).filter(({ name }) =>
      /^(?:Schema|modelOptions)$/.test(name),
    )
    const options = propertyOf(schema?.args[0], 'schemaOptions') ?? schema?.args[0]
    return [...fields, ...timestamps(options, prefix, this.resolver)]
  }

  private ofObject(definition: Node, prefix: string): readonly DocumentField[] {
    if (!Node.isObjectLiteralExpression(definition)) return []
    return definition.getProperties().flatMap((property): readonly DocumentField[] => {
      if (Node.isSpreadAssignment(property))
        return this.ofObject(bare(this.resolver.definition(property.getExpression())), prefix)
      const value = Node.isPropertyAssignment(property)
        ? property.getInitializer()
        : Node.isShorthandPropertyAssignment(property)
          ? property.getNameNode()
          : undefined
      if (value === undefined || !('getName' in property)) return []
      return this.ofValue(prefix + property.getName().replace(/^['"`]|['"`]$/g, ''), value)
    })
  }

  /** One field: `String`, `{ type: String, unique: true }`, `[Number]`, `{ street: String }`, another schema. */
  private ofValue(path: string, given: Node): readonly DocumentField[] {
    const value = bare(this.resolver.definition(bare(given)))
    if (schemaNode(value, this.resolver) !== null) return this.ofSubdocument(value, path)
    if (Node.isArrayLiteralExpression(value)) return this.ofList(path, value.getElements()[0], undefined)
    if (!Node.isObjectLiteralExpression(value)) return [this.field(path, typeName(given), undefined, false)]
    const type = propertyOf(value, 'type')
    const settled = type && bare(this.resolver.definition(bare(type)))
    // `{ type: { type: String } }` is a document with a field of that name.
    if (type === undefined || propertyOf(settled, 'type') !== undefined) {
      if (value.getProperties().length === 0) return [this.field(path, 'Mixed', undefined, false)]
      return this.ofObject(value, `${path}.`)
    }
    if (Node.isArrayLiteralExpression(settled)) return this.ofList(path, settled.getElements()[0], value)
    if (settled && schemaNode(settled, this.resolver) !== null) return this.ofSubdocument(settled, path)
    if (Node.isObjectLiteralExpression(settled)) return this.ofObject(settled, `${path}.`)
    const owner = classNamedBy(type, this.resolver)
    if (owner !== null && lineageHasProps(owner, this.resolver)) return this.ofClass(owner, `${path}.`)
    return [this.field(path, typeName(type), value, false)]
  }

  private ofList(
    path: string,
    element: Node | undefined,
    options: Node | undefined,
  ): readonly DocumentField[] {
    if (element === undefined) return [this.field(path, 'Mixed', options, true)]
    const inner = this.withoutUniques(() => this.ofValue('', element))
    const [only] = inner
    if (inner.length === 1 && only !== undefined && only.path === '') {
      const outer = this.field(path, only.type, options, true)
      // Lists of lists are as good as anything.
      return [
        {
          ...only,
          ...outer,
          type: only.list ? 'Mixed' : only.type,
          ...(only.ref === undefined ? {} : { ref: only.ref }),
          ...(only.values === undefined ? {} : { values: only.values }),
        },
      ]
    }
    const named = inner.map((field) => ({ ...field, path: field.path.replace(/^\./, '') }))
    const isSchema = schemaNode(bare(this.resolver.definition(bare(element))), this.resolver) !== null
    const fields = isSchema ? named : [...named, ownId('')]
    return [{ ...this.field(path, 'Document', options, true), fields }]
  }

  /** Values that differ inside one list are nobody's business. */
  private withoutUniques<T>(read: () => T): T {
    const before = this.uniques.length
    const result = read()
    this.uniques.length = before
    return result
  }

  private field(path: string, type: string, options: Node | undefined, list: boolean): DocumentField {
    const { resolver } = this
    const option = (name: string) => optionValue(options, name, resolver)
    const says = (name: string) => !/^(?:undefined|false|null)$/.test(option(name)?.getText() ?? 'false')
    if (says('unique')) this.uniques.push({ paths: [path], partial: says('sparse') })
    const ref = propertyOf(options, 'ref')
    const numbers = {
      min: numberOf(option('min')),
      max: numberOf(option('max')),
      minLength: numberOf(option('minlength') ?? option('minLength')),
      maxLength: numberOf(option('maxlength') ?? option('maxLength')),
      match: patternOf(option('match')),
      values: enumValues(options, resolver),
      ref: ref && (referredName(ref, resolver) ?? undefined),
    }
    const known = Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined))
    return {
      path,
      type,
      list,
      required: says('required'),
      hasDefault: option('default') !== undefined,
      ...known,
    }
  }

  /** The field type that a TypeScript type stands for. */
  private typeNamed(declared: string): string {
    const name =
      declared
        .replace(/\s*\|\s*(?:null|undefined)\b/g, '')
        .split('.')
        .at(-1) ?? ''
    return typeNames[name.toLowerCase()] ?? (/^['"]/.test(name) ? 'String' : 'Mixed')
  }
}

function ownId(prefix: string): DocumentField {
  return { path: `${prefix}_id`, type: 'ObjectId', list: false, required: true, hasDefault: false }
}

function lineageHasProps(owner: ClassNode, resolver: Resolver): boolean {
  return lineage(owner, resolver).some((each) =>
    each
      .getInstanceProperties()
      .some((property) => decoratorsOf(property, propPackages, resolver).length > 0),
  )
}

function referredName(ref: Node, resolver: Resolver): string | null {
  const name = Node.isPropertyAccessExpression(ref) && ref.getName() === 'name' ? ref.getExpression() : ref
  return textOf(resolver.definition(name)) ?? nameGivenBy(name, resolver)
}

/** `Schema.Types.ObjectId`, `mongoose.Types.ObjectId`, `'ObjectId'` and `ObjectId` are one. */
function typeName(node: Node): string {
  const text = textOf(node) ?? node.getText()
  return typeNames[(text.split('.').at(-1) ?? '').toLowerCase()] ?? 'Mixed'
}

/** What `timestamps` adds, under the names that it gives them. */
function timestamps(given: Node | undefined, prefix: string, resolver: Resolver): readonly DocumentField[] {
  const options = given && bare(resolver.definition(bare(given)))
  const value = propertyOf(options, 'timestamps')
  if (value === undefined || value.getText() === 'false') return []
  return ['createdAt', 'updatedAt'].flatMap((name): readonly DocumentField[] => {
    const said = propertyOf(value, name)
    if (said?.getText() === 'false') return []
    const path = prefix + (textOf(said) ?? name)
    return [{ path, type: 'Date', list: false, required: true, hasDefault: false }]
  })
}
