/** The URL that stands for a database where there is none to ask: plans can be made from the models in the code alone. */
export const modelsOnlyUrl = 'mongodb:'

/** The documents of a collection, as the model in the code describes them. */
export interface DocumentModel {
  /** As the code calls it: `User`. */
  readonly name: string
  /** The collection's name in the database. */
  readonly collection: string
  readonly fields: readonly DocumentField[]
  readonly uniques: readonly UniquePaths[]
}

/** Paths whose values no two documents share; `partial`: of those documents only that an index's condition names. */
export interface UniquePaths {
  readonly paths: readonly string[]
  readonly partial: boolean
}

/** A field of a document. */
export interface DocumentField {
  /** With the documents that it is in: `address.city`; inside `fields` from their own document on. */
  readonly path: string
  /** As Mongoose names it: `String`, `ObjectId`, `Mixed` …; `Document` for subdocuments, which only lists have. */
  readonly type: string
  readonly list: boolean
  readonly required: boolean
  readonly hasDefault: boolean
  /** The model that an id refers to. */
  readonly ref?: string
  readonly values?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly minLength?: number
  readonly maxLength?: number
  /** The source of the regular expression that values match. */
  readonly match?: string
  /** Of the subdocuments in a list. */
  readonly fields?: readonly DocumentField[]
}
