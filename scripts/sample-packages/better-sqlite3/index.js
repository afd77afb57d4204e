const { DatabaseSync } = require('node:sqlite')

/** The part of better-sqlite3 that Knex asks for, done by the SQLite that is in Node, where nothing is to be compiled. */
module.exports = class Database {
  #database

  constructor(filename, { readonly = false } = {}) {
    this.#database = new DatabaseSync(filename, { readOnly: readonly })
  }

  prepare(sql) {
    const statement = this.#database.prepare(sql)
    return {
      reader: statement.columns().length > 0,
      all: (bindings) => statement.all(...bindings),
      run: (bindings) => statement.run(...bindings),
    }
  }

  pragma(source) {
    return this.#database.prepare(`PRAGMA ${source}`).all()
  }

  close() {
    this.#database.close()
  }
}
