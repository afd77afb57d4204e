import express from "express";
import knex from "knex";

const db = knex({ client: "better-sqlite3", connection: ":memory:", useNullAsDefault: true });

let queries = 0;
db.on("query", () => queries++);

export const app = express();
app.use(express.json());

// Adds tags to a post
app.post("/posts/:id/tags", async (req, res) => {
  try {
    const tags: string[] = req.body.tags ?? [];
    for (const tag of tags) {
      // blanks are no tags
      const name = tag.trim();
      if (name === "") continue;
      await db("tags").insert({ post_id: Number(req.params.id), name });
    }
    res.status(201).json({ message: "Tags added" });
  } catch (error) {
    console.error("Error adding tags:", error);
    res.status(500).json({ error: "Internal server error" });
  }
});

app.get("/tags", async (_req, res) => {
  res.json(await db("tags").orderBy("id").limit(100));
});

export async function prepare(): Promise<void> {
  await db.schema.createTable("tags", (table) => {
    table.increments("id");
    table.integer("post_id");
    table.string("name");
  });
}

export function queryCount(): number {
  return queries;
}

export async function close(): Promise<void> {
  await db.destroy();
}
