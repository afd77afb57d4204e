import { at, hash32, hashKey } from '../hash.ts'

/**
 * How popular parents are: Zipf-like with exponent 2/3, and never decided by how many children there are.
 *
 * Parents are cut into blocks of 1, 2, 4, 8 … rows. Every block has one favourite, by hash. A child draws a block size, 2^k
 * with a probability that falls as 2^(−k/3), then one of the blocks of that size, and goes to its favourite. A favourite
 * among 2^k parents so gets about 2^(2k/3) times what an ordinary one gets; favourites lie anywhere, and more parents leave
 * those of older blocks what they are. Of 100,000 parents the most popular one has about 0.5 % of all children, 500 times
 * the average; the hundredth part of them that is most popular has 16 % together, the median one 0.56 times the average.
 */
export type PopularPosition = (index: number, count: number) => number

/** 2^(−1/3) */
const decay = 0.7937005259840998
const largestBlockBits = 30
const tableSize = 65_536
const twoTo32 = 4294967296

/** The position, below `count`, that child `index` draws. `names` tell streams apart, as in {@link hashKey}. */
export function popularPosition(seed: number, ...names: readonly string[]): PopularPosition {
  const sizeKey = hashKey(seed, ...names, 'size')
  const blockKey = hashKey(seed, ...names)
  const favouriteKey = hashKey(seed, ...names, 'favourite')
  let knownCount = -1
  let table = blockBitsTable(0)
  return (index, count) => {
    if (count !== knownCount) {
      knownCount = count
      table = blockBitsTable(
        Math.min(largestBlockBits, count < twoTo32 ? 31 - Math.clz32(count) : largestBlockBits),
      )
    }
    const bits = table[hash32(sizeKey, index) >>> 16] ?? 0
    const size = 1 << bits
    const blocks = Math.floor(count / size)
    const block = Math.floor((hash32(blockKey, index) / twoTo32) * blocks)
    return bits === 0 ? block : block * size + (hash32(favouriteKey, block * 32 + bits) & (size - 1))
  }
}

const tables: Uint8Array[] = []

/** Block sizes, as powers of two up to `top`, each as often as it is drawn. */
function blockBitsTable(top: number): Uint8Array {
  while (tables.length <= top) tables.push(makeTable(tables.length))
  return at(tables, top)
}

function makeTable(top: number): Uint8Array {
  let sum = 0
  let weight = 1
  for (let bits = 0; bits <= top; bits++, weight *= decay) sum += weight
  const table = new Uint8Array(tableSize)
  let begin = 0
  let passed = 0
  weight = 1
  for (let bits = 0; bits <= top; bits++, weight *= decay) {
    passed += weight
    const end = bits === top ? tableSize : Math.round((passed / sum) * tableSize)
    table.fill(bits, begin, end)
    begin = end
  }
  return table
}
