import express, { type Express } from 'express'
import { activitiesRouter } from './routes/activities.ts'
import { authorsRouter } from './routes/authors.ts'
import { postsRouter } from './routes/posts.ts'
import { tagsRouter } from './routes/tags.ts'
import { usersRouter } from './routes/users.ts'

export function createApp(): Express {
  const app = express()

  app.use(express.json())

  app.get('/health', (_req, res) => {
    res.json({ status: 'ok' })
  })

  app.use('/users', usersRouter)
  app.use('/users', activitiesRouter)
  app.use('/posts', postsRouter)
  app.use('/authors', authorsRouter)
  app.use('/tags', tagsRouter)

  app.use((_req, res) => {
    res.status(404).json({ error: 'Not found' })
  })

  return app
}
