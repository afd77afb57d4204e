import express from "express";
import knex from "knex";

const db = knex({ client: "better-sqlite3", connection: ":memory:", useNullAsDefault: true });

let queries = 0;
db.on("query", () => queries++);

export const app = express();

// All posts with the number of their approved comments
app.get("/posts", async (_req, res) => {
  try {
    const posts = await db("posts").select("id", "title").orderBy("id").limit(50);

    const postsWithCounts = await Promise.all(
      posts.map(async (post) => {
        const result = await db("comments")
          .where({ post_id: post.id, approved: true })
          .count("* as count")
          .first();
        return { ...post, commentCount: Number(result?.count ?? 0) };
      }),
    );

    res.json(postsWithCounts);
  } catch (error) {
    console.error("Error fetching posts:", error);
    res.status(500).json({ error: "Internal server error" });
  }
});

export async function prepare(): Promise<void> {
  await db.schema.createTable("posts", (table) => {
    table.increments("id");
    table.string("title");
  });
  await db.schema.createTable("comments", (table) => {
    table.increments("id");
    table.integer("post_id");
    table.boolean("approved");
  });
  for (let n = 1; n <= 30; n++) await db("posts").insert({ title: `Post ${n}` });
  for (let n = 1; n <= 45; n++) await db("comments").insert({ post_id: (n % 20) + 1, approved: n % 3 !== 0 });
}

export function queryCount(): number {
  return queries;
}

export async function close(): Promise<void> {
  await db.destroy();
}
