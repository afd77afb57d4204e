import { randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'

const deriveKey = promisify<string, Buffer, number, Buffer>(scrypt)

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await deriveKey(password, salt, 32)
  return `scrypt$${salt.toString('hex')}$${key.toString('hex')}`
}
