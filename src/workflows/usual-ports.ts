/** Where a framework listens when nobody says otherwise. */
export interface UsualPort {
  readonly framework: string
  readonly port: number
}

/**
 * By package, those that start the server first: a project may hold a server library and the tool that runs its pages,
 * and a full-stack framework brings both.
 */
const usualPorts: readonly (readonly [name: string, framework: string, port: number])[] = [
  ['next', 'Next.js', 3000],
  ['nuxt', 'Nuxt', 3000],
  ['@sveltejs/kit', 'SvelteKit', 5173],
  ['astro', 'Astro', 4321],
  ['@react-router/dev', 'React Router', 5173],
  ['@remix-run/dev', 'Remix', 5173],
  ['@tanstack/react-start', 'TanStack Start', 3000],
  ['@solidjs/start', 'SolidStart', 3000],
  ['@redwoodjs/api', 'Redwood', 8911],
  ['@adonisjs/core', 'AdonisJS', 3333],
  ['@strapi/strapi', 'Strapi', 1337],
  ['@medusajs/medusa', 'Medusa', 9000],
  ['@feathersjs/feathers', 'Feathers', 3030],
  ['@loopback/rest', 'LoopBack', 3000],
  ['@nestjs/core', 'Nest', 3000],
  ['wrangler', 'Wrangler', 8787],
  ['@apollo/server', 'Apollo Server', 4000],
  ['graphql-yoga', 'GraphQL Yoga', 4000],
  ['nitropack', 'Nitro', 3000],
  ['fastify', 'Fastify', 3000],
  ['@hono/node-server', 'Hono', 3000],
  ['hono', 'Hono', 3000],
  ['express', 'Express', 3000],
  ['koa', 'Koa', 3000],
  ['@hapi/hapi', 'hapi', 3000],
  ['elysia', 'Elysia', 3000],
  ['restify', 'Restify', 8080],
  ['polka', 'Polka', 3000],
  ['@angular/core', 'Angular', 4200],
  ['vite', 'Vite', 5173],
]

/** The usual port of a project with these packages, or null where none of them is known. */
export function usualPort(packages: readonly string[]): UsualPort | null {
  const found = usualPorts.find(([name]) => packages.includes(name))
  return found === undefined ? null : { framework: found[1], port: found[2] }
}
