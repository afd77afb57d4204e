/** Methods that leave rows out, or look at rows to say something about them. */
export const filtering: ReadonlySet<string> = new Set([
  'filter',
  'find',
  'findLast',
  'some',
  'every',
  'findIndex',
  'includes',
  'indexOf',
  'has',
  'contains',
])
/** Methods that look for a value they are given. */
export const seeking: ReadonlySet<string> = new Set(['includes', 'indexOf', 'has', 'contains'])
/** Methods that give one of the rows. */
export const takesOne: ReadonlySet<string> = new Set(['find', 'findLast', 'at', 'pop', 'shift'])
/** Methods that tell whether rows are there. */
export const testing: ReadonlySet<string> = new Set([
  'some',
  'every',
  'includes',
  'findIndex',
  'indexOf',
  'has',
  'contains',
  'isInitialized',
])
/** Methods that put a value into a collection. */
export const adding: ReadonlySet<string> = new Set(['push', 'unshift', 'concat', 'add', 'set'])
