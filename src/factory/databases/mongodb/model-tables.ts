import * as l10n from '@vscode/l10n'
import type { DocumentField, DocumentModel } from '../../../model/document-model.ts'
import type { Column, ForeignKey, Table } from '../../../model/schema.ts'
import { words } from '../../generators/text.ts'
import { singular } from '../../plan/soft-references.ts'
import { columnOfField } from './field-columns.ts'

/** Lists of references and of documents get so many elements: enough for a list, few enough for a plan to be read. */
const listElements = 2
/** Lists of documents in lists of documents stay empty from here on. */
const deepestList = 2

/**
 * The collections as tables: what the models say of documents is all the schema there is. A path into a document is a
 * column (`address.city`), also into lists of documents and of references, by its element (`items.0.product`).
 */
export function tablesOfModels(models: readonly DocumentModel[]): readonly Table[] {
  const collections = Map.groupBy(models, ({ collection }) => collection)
  return [...collections.values()].flatMap(([model]) =>
    model === undefined ? [] : [new TableReader(model, models).table()],
  )
}

class TableReader {
  private readonly model: DocumentModel
  private readonly models: readonly DocumentModel[]
  private readonly columns: Column[] = []
  private readonly foreignKeys: ForeignKey[] = []

  constructor(model: DocumentModel, models: readonly DocumentModel[]) {
    this.model = model
    this.models = models
  }

  table(): Table {
    const { model } = this
    this.columns.push(columnOfField(idField(model), { type: keyType(model) }))
    for (const field of model.fields) if (field.path !== '_id') this.add(field, '', 0)
    const known = new Set(this.columns.map(({ name }) => name))
    const uniques = model.uniques.filter(
      ({ paths }) => paths.every((path) => known.has(path)) && paths.join() !== '_id',
    )
    const always = new Set(uniques.filter(({ partial }) => !partial).flatMap(({ paths }) => paths))
    return {
      name: model.collection,
      // Of documents without a value, a unique index takes one.
      columns: this.columns.map((column) =>
        always.has(column.name) ? { ...column, nullable: false } : column,
      ),
      primaryKey: ['_id'],
      foreignKeys: this.foreignKeys,
      uniques: uniques.map(({ paths }) => paths),
      partialUniques: uniques.filter(({ partial }) => partial).map(({ paths }) => paths),
      rowCount: 0,
    }
  }

  private add(field: DocumentField, prefix: string, depth: number): void {
    const named = { ...field, path: prefix + field.path }
    const target = this.targetOf(field)
    if (field.list && field.type === 'Document') this.addDocuments(named, depth)
    else if (field.list && target !== undefined) this.addReferences(named, target, depth)
    else if (target === undefined) this.columns.push(columnOfField(named))
    else {
      this.columns.push(columnOfField(named, { type: 'integer' }))
      this.foreignKeys.push(reference(named, target))
    }
  }

  private addDocuments(field: DocumentField, depth: number): void {
    if (depth >= deepestList || (field.fields ?? []).length === 0) {
      this.columns.push(columnOfField({ ...field, type: 'Mixed' }))
      return
    }
    for (let n = 0; n < listElements; n++)
      for (const inner of field.fields ?? []) this.add(inner, `${field.path}.${n}.`, depth + 1)
  }

  private addReferences(field: DocumentField, target: DocumentModel, depth: number): void {
    // What the other side refers back by is the truth: a list made up here would say something else.
    const back = target.fields.find(({ ref }) => ref === this.model.name)
    if (back !== undefined || depth >= deepestList) {
      const keptBy = back === undefined ? '' : ` kept by ${target.collection}.${back.path}`
      this.columns.push({
        ...columnOfField({ ...field, type: 'Mixed' }),
        declaredType: `[${field.type}]${keptBy}`,
      })
      return
    }
    for (let n = 0; n < listElements; n++)
      this.add({ ...field, path: `${field.path}.${n}`, list: false }, '', depth)
  }

  /** The model that a field refers to: as it says itself, or of an id as its name says. */
  private targetOf({ ref, path, type }: DocumentField): DocumentModel | undefined {
    if (ref !== undefined) return this.models.find(({ name }) => name === ref)
    const noun = /^(.+?)_(?:id|ids)$/.exec(words(path.split('.').at(-1) ?? ''))?.[1]
    if (type !== 'ObjectId' || noun === undefined) return undefined
    return this.models.find(({ name }) => singular(words(name)) === noun)
  }
}

function reference({ path, ref }: DocumentField, target: DocumentModel): ForeignKey {
  const key = { columns: [path], referencedTable: target.collection, referencedColumns: ['_id'] }
  return ref === undefined ? { ...key, inferred: l10n.t('named like an id of {0}', target.name) } : key
}

function idField({ fields }: DocumentModel): DocumentField {
  const own = fields.find(({ path }) => path === '_id')
  const usual = { path: '_id', type: 'ObjectId', list: false, hasDefault: false }
  return { ...usual, ...own, required: true }
}

/** Keys are numbered whatever they look like, where that can be told from the number; else only MongoDB knows. */
function keyType(model: DocumentModel): Column['type'] {
  return ['ObjectId', 'String', 'Number'].includes(idField(model).type) ? 'integer' : 'other'
}
