import { db, type User } from "./database";

export class UserRepository {
  async findById(id: number): Promise<User | null> {
    const [user] = await db<User>("users").where({ id });
    if (!user) {
      return null;
    }
    return user;
  }
}
