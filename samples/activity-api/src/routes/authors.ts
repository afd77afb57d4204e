import { Router } from 'express'
import { z } from 'zod'
import { storage } from '../storage.ts'

export const authorsRouter = Router()

const authorParamsSchema = z.object({
  authorId: z.coerce.number().int().positive(),
})

const listQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).default(0),
})

// Get a page of authors with their post counts
authorsRouter.get('/', async (req, res) => {
  try {
    const query = listQuerySchema.safeParse(req.query)
    if (!query.success) {
      res.status(400).json({ error: 'Invalid query parameters', details: query.error.issues })
      return
    }

    const { limit, offset } = query.data
    const authors = await storage.listAuthors(limit, offset)
    const postCounts = await storage.countPostsByAuthors(authors.map((author) => author.id))

    res.json(authors.map((author) => ({ ...author, postCount: postCounts.get(author.id) ?? 0 })))
  } catch (error) {
    console.error('Error fetching authors:', error)
    res.status(500).json({ error: 'Failed to fetch authors' })
  }
})

// Get all posts by an author
authorsRouter.get('/:authorId/posts', async (req, res) => {
  try {
    const params = authorParamsSchema.safeParse(req.params)
    if (!params.success) {
      res.status(400).json({ error: 'Invalid author ID', details: params.error.issues })
      return
    }

    const author = await storage.getAuthor(params.data.authorId)
    if (!author) {
      res.status(404).json({ error: 'Author not found' })
      return
    }

    const posts = await storage.getPostsByAuthor(author.id)

    res.json(posts)
  } catch (error) {
    console.error('Error fetching posts by author:', error)
    res.status(500).json({ error: 'Failed to fetch posts' })
  }
})
