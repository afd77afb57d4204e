import { Router } from 'express'
import { z } from 'zod'
import { hashPassword } from '../passwords.ts'
import { getRecommendations } from '../recommendations.ts'
import { storage } from '../storage.ts'

export const usersRouter = Router()

const userParamsSchema = z.object({
  userId: z.coerce.number().int().positive(),
})

const createUserSchema = z.object({
  name: z.string().trim().min(1).max(100),
  email: z.email().max(255),
  password: z.string().min(8).max(100),
  bio: z.string().max(1000).optional(),
})

// Get all users with their activity counts
usersRouter.get('/', async (_req, res) => {
  try {
    const users = await storage.getAllUsers()

    // Fetch the activity counts in parallel for better performance
    const usersWithCounts = await Promise.all(
      users.map(async (user) => {
        const activityCount = await storage.countActivitiesByUser(user.id)
        return { ...user, activityCount }
      }),
    )

    res.json(usersWithCounts)
  } catch (error) {
    console.error('Error fetching users:', error)
    res.status(500).json({ error: 'Failed to fetch users' })
  }
})

// Get a single user
usersRouter.get('/:userId', async (req, res) => {
  try {
    const params = userParamsSchema.safeParse(req.params)
    if (!params.success) {
      res.status(400).json({ error: 'Invalid user ID', details: params.error.issues })
      return
    }

    const user = await storage.getUser(params.data.userId)
    if (!user) {
      res.status(404).json({ error: 'User not found' })
      return
    }

    res.json(user)
  } catch (error) {
    console.error('Error fetching user:', error)
    res.status(500).json({ error: 'Failed to fetch user' })
  }
})

// Create a new user
usersRouter.post('/', async (req, res) => {
  try {
    const body = createUserSchema.safeParse(req.body)
    if (!body.success) {
      res.status(400).json({ error: 'Invalid user data', details: body.error.issues })
      return
    }

    const { name, email, password, bio } = body.data
    const existingUser = await storage.getUserByEmail(email)
    if (existingUser) {
      res.status(409).json({ error: 'Email is already in use' })
      return
    }

    const user = await storage.createUser({
      name,
      email,
      password_hash: await hashPassword(password),
      bio: bio ?? null,
    })

    res.status(201).json(user)
  } catch (error) {
    console.error('Error creating user:', error)
    res.status(500).json({ error: 'Failed to create user' })
  }
})

// Get recommended posts for a user
usersRouter.get('/:userId/recommendations', async (req, res) => {
  try {
    const params = userParamsSchema.safeParse(req.params)
    if (!params.success) {
      res.status(400).json({ error: 'Invalid user ID', details: params.error.issues })
      return
    }

    const user = await storage.getUser(params.data.userId)
    if (!user) {
      res.status(404).json({ error: 'User not found' })
      return
    }

    const recommendations = await getRecommendations(user.id)

    res.json(recommendations)
  } catch (error) {
    console.error('Error fetching recommendations:', error)
    res.status(500).json({ error: 'Failed to fetch recommendations' })
  }
})
