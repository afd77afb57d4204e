import type { Node } from 'ts-morph'
import type { DocumentModel, UniquePaths } from '../../../../model/document-model.ts'
import { bare, type ClassNode } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { decoratorsOf, propertyOf, textOf } from '../reading/decorators.ts'
import { collectionNameOf } from './collection-name.ts'
import { FieldReader } from './fields-of-document.ts'

/** What a model is made of, as far as the code names it. */
export interface ModelParts {
  readonly name: string
  /** `new Schema(…)`, or the class that describes the documents. */
  readonly schema: Node | ClassNode
  readonly owner: ClassNode | null
  /** The schema's options. */
  readonly options: Node | undefined
  /** The third argument of `model(…)`. */
  readonly collection: Node | undefined
  readonly uniques: readonly UniquePaths[]
}

/** What the code says of the documents of a model. */
export function documentModel(parts: ModelParts, resolver: Resolver): DocumentModel {
  const reader = new FieldReader(resolver)
  const fields = parts.owner === null ? reader.ofSchema(parts.schema, '') : reader.ofClass(parts.owner, '')
  const known = new Map(fields.map((field) => [field.path, field]))
  return {
    name: parts.name,
    collection: collectionOf(parts, resolver),
    fields: [...known.values()],
    uniques: [...reader.uniques, ...parts.uniques.filter(({ paths }) => paths.length > 0)],
  }
}

function collectionOf({ name, collection, options, owner }: ModelParts, resolver: Resolver): string {
  const [decorator] =
    owner === null ? [] : decoratorsOf(owner, /^(?:@nestjs\/mongoose|@typegoose\/typegoose)$/, resolver)
  const decorated = propertyOf(decorator?.args[0], 'schemaOptions') ?? decorator?.args[0]
  const named = [
    collection,
    ...[options, decorated].map((each) =>
      propertyOf(each && bare(resolver.definition(bare(each))), 'collection'),
    ),
  ]
  const text = named.flatMap((node) => (node && textOf(resolver.definition(node))) ?? [])[0]
  return text ?? collectionNameOf(name)
}
