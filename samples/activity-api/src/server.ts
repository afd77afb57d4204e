import type { AddressInfo } from 'node:net'
import { createApp } from './app.ts'
import { migrate } from './migrate.ts'

const port = Number(process.env.PORT ?? 3000)

await migrate()

const server = createApp().listen(port, '127.0.0.1', (error) => {
  if (error) {
    console.error('Failed to start the server:', error)
    process.exit(1)
  }
  const { port: actualPort } = server.address() as AddressInfo
  console.log(`Server running at http://127.0.0.1:${actualPort}`)
})
