import express from "express";
import knex from "knex";

const db = knex({ client: "better-sqlite3", connection: ":memory:", useNullAsDefault: true });

let queries = 0;
db.on("query", () => queries++);

interface Post {
  id: number;
  title: string;
  published: boolean;
}

export const app = express();

app.get("/posts", async (_req, res) => {
  const posts = await db<Post>("posts").where({ published: true });
  res.json(posts);
});

export async function prepare(): Promise<void> {
  await db.schema.createTable("posts", (table) => {
    table.increments("id");
    table.string("title");
    table.boolean("published");
  });
  for (let n = 1; n <= 40; n++) await db("posts").insert({ title: `Post ${n}`, published: n % 3 === 0 });
}

export function queryCount(): number {
  return queries;
}

export async function close(): Promise<void> {
  await db.destroy();
}
