import express from "express";
import { close, db, prepare, queryCount, type Post } from "./database";
import { UserService } from "./user.service";

const users = new UserService();

export const app = express();

app.get("/posts", async (_req, res) => {
  const posts = await db<Post>("posts").orderBy("id").limit(50);
  const result = [];
  for (const post of posts) {
    const author = await users.getUser(post.author_id);
    if (!author) {
      // written by somebody who left
      continue;
    }
    result.push({ title: post.title, by: author.name });
  }
  res.json(result);
});

export { close, prepare, queryCount };
