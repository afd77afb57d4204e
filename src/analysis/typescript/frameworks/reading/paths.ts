/** One path out of a prefix and the rest: single slashes, none at the end, parameters as `:name` without patterns. */
export function joinPath(prefix: string, path: string): string {
  const joined = `/${prefix}/${path}`
    .replace(/\{([A-Za-z_]\w*)\}/g, ':$1')
    .replace(/\{(\/[^{}]*)\}/g, '$1')
    .replace(/(:\w+)(?:\((?:[^()]|\([^()]*\))*\)|\{[^}]*\})/g, '$1')
    .replace(/\/+/g, '/')
  return joined.length > 1 ? joined.replace(/\/$/, '') : joined
}
