import type { User } from "./database";
import { UserRepository } from "./user.repository";

export class UserService {
  private readonly repository = new UserRepository();

  async getUser(id: number): Promise<User | null> {
    const user = await this.repository.findById(id);
    return user;
  }
}
