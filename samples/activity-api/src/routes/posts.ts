import { Router } from 'express'
import { z } from 'zod'
import type { Author, Post } from '../schema.ts'
import { storage } from '../storage.ts'

export const postsRouter = Router()

const postParamsSchema = z.object({
  id: z.coerce.number().int().positive(),
})

// Get all posts with their authors
postsRouter.get('/', async (_req, res) => {
  try {
    const posts = await storage.getAllPosts()

    const postsWithAuthors: (Post & { author: Author | undefined })[] = []
    for (const post of posts) {
      const author = await storage.getAuthor(post.author_id)
      postsWithAuthors.push({ ...post, author })
    }

    res.json(postsWithAuthors)
  } catch (error) {
    console.error('Error fetching posts:', error)
    res.status(500).json({ error: 'Failed to fetch posts' })
  }
})

// Get a single post with its tags
postsRouter.get('/:id', async (req, res) => {
  try {
    const params = postParamsSchema.safeParse(req.params)
    if (!params.success) {
      res.status(400).json({ error: 'Invalid post ID', details: params.error.issues })
      return
    }

    const post = await storage.getPost(params.data.id)
    if (!post) {
      res.status(404).json({ error: 'Post not found' })
      return
    }

    const tags = await storage.getTagsByPost(post.id)

    res.json({ ...post, tags })
  } catch (error) {
    console.error('Error fetching post:', error)
    res.status(500).json({ error: 'Failed to fetch post' })
  }
})
